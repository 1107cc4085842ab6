package io.longhaul;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.lifecycle.Managed;
import io.longhaul.api.EventStreams;
import io.longhaul.api.FeedEvent;
import io.longhaul.events.BatchEnds;
import io.longhaul.events.ChangeFeed;
import io.longhaul.events.ChangedJobs;
import io.longhaul.events.JobEnds;
import io.longhaul.events.JobWatch;
import io.longhaul.events.Lookout;
import java.time.Duration;
import java.util.Collection;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/** All who wait on this node for what becomes of jobs, and who looks for them. */
final class Watches implements Managed {
    /** What a node's own writes change is looked at one by one, so nobody has to look without being told. */
    private static final Duration NEVER = Duration.ofDays(1);

    /** The poll behind notifications. */
    private static final Duration POLL = Duration.ofMillis(500);

    /** A client of events that reads nothing for so long has gone, or is of no use to anybody. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final JobEnds jobEnds;
    private final BatchEnds batchEnds;
    private final JobWatch jobs;
    private final ChangeFeed<FeedEvent> feed;
    private final EventStreams streams = new EventStreams(PATIENCE);
    private final ChangedJobs changedHere;
    private final Lookout here;
    private final Lookout elsewhere;

    Watches(Jdbi jdbi, ObjectMapper json) {
        jobEnds = new JobEnds(jdbi);
        batchEnds = new BatchEnds(jdbi);
        jobs = new JobWatch(jdbi);
        feed = new ChangeFeed<>(jdbi, (change, place) -> FeedEvent.of(json, change, place));
        changedHere = new ChangedJobs(jobEnds::lookAt);
        here = new Lookout("ends-here", changedHere::look, Duration.ZERO, NEVER);
        elsewhere = new Lookout("ends-elsewhere", this::lookAtAll, Duration.ZERO, POLL);
    }

    JobEnds jobEnds() {
        return jobEnds;
    }

    BatchEnds batchEnds() {
        return batchEnds;
    }

    JobWatch jobs() {
        return jobs;
    }

    ChangeFeed<FeedEvent> feed() {
        return feed;
    }

    EventStreams streams() {
        return streams;
    }

    /** Jobs were changed by this node. */
    void changed(Collection<UUID> ids) {
        changedHere.add(ids);
        here.lookSoon();
        jobs.changed(ids);
        feed.lookSoon();
    }

    /** Jobs may have been changed by others. */
    void lookSoon() {
        elsewhere.lookSoon();
        jobs.lookSoon();
        feed.lookSoon();
    }

    /** Jobs were accepted, here or elsewhere. */
    void accepted() {
        feed.lookSoon();
    }

    private void lookAtAll() {
        jobEnds.lookAgain();
        batchEnds.lookAgain();
    }

    @Override
    public void start() {
        here.start();
        elsewhere.start();
        jobs.start();
        feed.start();
        streams.start();
    }

    @Override
    public void stop() {
        here.stop();
        elsewhere.stop();
        jobs.stop();
        feed.stop();
        streams.stop();
    }
}
