package io.longhaul.server;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.lifecycle.Managed;
import io.longhaul.api.events.FeedEvent;
import io.longhaul.events.BatchEnds;
import io.longhaul.events.ChangeFeed;
import io.longhaul.events.JobEnds;
import io.longhaul.events.JobStates;
import io.longhaul.loops.PollingLoop;
import io.longhaul.streams.EventStreams;
import java.time.Duration;
import java.util.Collection;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/** The waiting clients of this node and the loops that look for changes of their jobs. */
final class EventsModule implements Managed {
    /** The loop for this node's own changes runs only when it is told. */
    private static final Duration NEVER = Duration.ofDays(1);

    /** The poll behind notifications. */
    private static final Duration POLL = Duration.ofMillis(500);

    /** Together with the interval of the checks, a client receives something every fifteen seconds. */
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(10);

    /** An event stream whose client reads nothing for this long is closed. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** The time of an end is that at which its statement began. */
    private static final Duration MARGIN = Duration.ofMillis(250);

    private final JobEnds jobEnds;
    private final BatchEnds batchEnds;
    private final JobStates jobs;
    private final ChangeFeed<FeedEvent> feed;
    private final EventStreams streams = new EventStreams("event-streams", KEEP_ALIVE, PATIENCE);
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

    /** Looks at jobs that may have ended before a client began to wait for them. */
    void lookAt(Collection<UUID> ids) {
        jobEnds.changed(ids);
        here.lookSoon();
    }

    /** Called with jobs that this node changed. */
    void changed(Collection<UUID> ids) {
        // A client that begins to wait from now on looks at its job first.
        if (jobEnds.isAwaited()) {
            lookAt(ids);
        }
        jobs.changed(ids);
        feed.lookSoon();
    }

    /** Called when other nodes may have changed jobs. */
    void lookSoon() {
        if (jobEnds.isAwaited() || batchEnds.isAwaited()) {
            elsewhere.lookSoon();
        }
        jobs.lookSoon();
        feed.lookSoon();
    }

    /** Called when any node accepted jobs. */
    void accepted() {
        feed.lookSoon();
    }

    /**
     * Looks at all awaited jobs now and then, which is the poll behind notifications, otherwise only at recent
     * ends.
     */
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
