package io.longhaul.server;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.lifecycle.Managed;
import io.longhaul.api.events.FeedEvent;
import io.longhaul.events.BatchEnds;
import io.longhaul.events.ChangeFeed;
import io.longhaul.events.EndPoll;
import io.longhaul.events.JobEnds;
import io.longhaul.events.JobStates;
import io.longhaul.streams.EventStreams;
import java.time.Duration;
import java.util.Collection;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/** Starts, stops and tells the parts that clients of this node wait for changes with. */
final class EventsModule implements Managed {
    /** Together with the interval of the checks, a client receives something every fifteen seconds. */
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(10);

    /** An event stream whose client reads nothing for this long is closed. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** A stream outlives the session or the key that opened it by at most this long. */
    private static final Duration LONGEST = Duration.ofMinutes(10);

    private final JobEnds jobEnds;
    private final BatchEnds batchEnds;
    private final JobStates jobs;
    private final ChangeFeed<FeedEvent> feed;
    private final EventStreams streams = new EventStreams("event-streams", KEEP_ALIVE, PATIENCE, LONGEST);
    private final EndPoll endPoll;

    EventsModule(Jdbi jdbi, ObjectMapper json) {
        jobEnds = new JobEnds(jdbi);
        batchEnds = new BatchEnds(jdbi);
        endPoll = new EndPoll(jobEnds, batchEnds);
        jobs = new JobStates(jdbi);
        feed = new ChangeFeed<>(jdbi, (change, place) -> FeedEvent.of(json, change, place));
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

    /** Called with jobs that this node changed. */
    void changed(Collection<UUID> ids) {
        jobEnds.changed(ids);
        jobs.changed(ids);
        feed.lookSoon();
    }

    /** Called when other nodes may have changed jobs. */
    void lookSoon() {
        endPoll.lookSoon();
        jobs.lookSoon();
        feed.lookSoon();
    }

    /** Called when any node accepted jobs. */
    void accepted() {
        feed.lookSoon();
    }

    @Override
    public void start() {
        jobEnds.start();
        endPoll.start();
        jobs.start();
        feed.start();
        streams.start();
    }

    @Override
    public void stop() {
        jobEnds.stop();
        endPoll.stop();
        jobs.stop();
        feed.stop();
        streams.stop();
    }
}
