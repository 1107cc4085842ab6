package io.longhaul.server;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.lifecycle.Managed;
import io.longhaul.api.events.FeedEvent;
import io.longhaul.api.http.EventStreams;
import io.longhaul.events.BatchEnds;
import io.longhaul.events.ChangeFeed;
import io.longhaul.events.JobEnds;
import io.longhaul.events.JobStates;
import io.longhaul.loops.PollingLoop;
import java.time.Duration;
import java.util.Collection;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/** All who wait on this node for what becomes of jobs, and who looks for them. */
final class EventsModule implements Managed {
    /** What a node's own writes change is looked at one by one, so nobody has to look without being told. */
    private static final Duration NEVER = Duration.ofDays(1);

    /** The poll behind notifications. */
    private static final Duration POLL = Duration.ofMillis(500);

    /** A client of events that reads nothing for so long has gone, or is of no use to anybody. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** An end bears the time at which its statement began. */
    private static final Duration MARGIN = Duration.ofMillis(250);

    private final JobEnds jobEnds;
    private final BatchEnds batchEnds;
    private final JobStates jobs;
    private final ChangeFeed<FeedEvent> feed;
    private final EventStreams streams = new EventStreams(PATIENCE);
    private final PollingLoop here;
    private final PollingLoop elsewhere;
    private long lookedAtAllNanos = System.nanoTime();

    EventsModule(Jdbi jdbi, ObjectMapper json) {
        jobEnds = new JobEnds(jdbi);
        batchEnds = new BatchEnds(jdbi);
        jobs = new JobStates(jdbi);
        feed = new ChangeFeed<>(jdbi, (change, place) -> FeedEvent.of(json, change, place));
        here = new PollingLoop("ends-here", jobEnds::lookAtChanged, Duration.ZERO, NEVER);
        elsewhere = new PollingLoop("ends-elsewhere", this::look, Duration.ZERO, POLL);
    }

    JobEnds jobEnds() {
        return jobEnds;
    }

    BatchEnds batchEnds() {
        return batchEnds;
    }

    JobStates jobs() {
        return jobs;
    }

    ChangeFeed<FeedEvent> feed() {
        return feed;
    }

    EventStreams streams() {
        return streams;
    }

    /** Somebody waits for jobs that may have ended before. */
    void lookAt(Collection<UUID> ids) {
        jobEnds.changed(ids);
        here.lookSoon();
    }

    /** Jobs were changed by this node. */
    void changed(Collection<UUID> ids) {
        // Who comes to wait from now on looks for itself.
        if (jobEnds.isAwaited()) {
            lookAt(ids);
        }
        jobs.changed(ids);
        feed.lookSoon();
    }

    /** Jobs may have been changed by others. */
    void lookSoon() {
        if (jobEnds.isAwaited() || batchEnds.isAwaited()) {
            elsewhere.lookSoon();
        }
        jobs.lookSoon();
        feed.lookSoon();
    }

    /** Jobs were accepted, here or elsewhere. */
    void accepted() {
        feed.lookSoon();
    }

    /** At all now and then, which is the poll behind the notifications; else only at what has just ended. */
    private void look() {
        long now = System.nanoTime();
        Duration since = Duration.ofNanos(now - lookedAtAllNanos);
        if (since.compareTo(POLL) >= 0) {
            lookedAtAllNanos = now;
            jobEnds.lookAgain();
        } else {
            jobEnds.lookForNew(since.plus(MARGIN));
        }
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
