package io.longhaul.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JobSignalsTest {
    private static final UUID JOB = UUID.randomUUID();
    private static final List<UUID> JOBS = List.of(JOB);

    private final List<String> told = new ArrayList<>();
    private final JobSignals signals = new JobSignals();

    @BeforeEach
    void listen() {
        signals.onReady(() -> told.add("ready"));
        signals.onStored(jobs -> told.add("stored " + jobs));
        signals.onClaimable(() -> told.add("claimable"));
        signals.onAwaited(jobs -> told.add("awaited " + jobs));
        signals.onEnded(jobs -> told.add("ended " + jobs));
        signals.onEndedHere(() -> told.add("ended here"));
        signals.onEnded(jobs -> told.add("last " + jobs));
        signals.onCancelled(jobs -> told.add("cancelled " + jobs));
        signals.onEndedElsewhere(() -> told.add("ended elsewhere"));
    }

    @Test
    void aListenerThatThrowsKeepsNeitherPublishersNorOtherListenersFromGoingOn() {
        JobSignals guarded = new JobSignals();
        for (int i = 1; i <= 2; i++) {
            String turn = " " + i;
            guarded.onClaimable(() -> fails("claimable" + turn));
            guarded.onReady(() -> fails("ready" + turn));
            guarded.onStored(jobs -> fails("stored" + turn));
            guarded.onAwaited(jobs -> fails("awaited" + turn));
            guarded.onCancelled(jobs -> fails("cancelled" + turn));
            guarded.onEnded(jobs -> fails("ended" + turn));
            guarded.onEndedElsewhere(() -> fails("ended elsewhere" + turn));
            guarded.onAnswered(jobs -> fails("answered" + turn));
        }
        guarded.ready();
        guarded.stored(1);
        guarded.awaited(JOBS);
        guarded.cancelled(JOBS);
        guarded.endedElsewhere();
        guarded.cancelledElsewhere(JOB);
        guarded.answered(JOBS);
        assertThat(told)
                .containsExactly(
                        "claimable 1",
                        "claimable 2",
                        "ready 1",
                        "ready 2",
                        "stored 1",
                        "stored 2",
                        "awaited 1",
                        "awaited 2",
                        "cancelled 1",
                        "cancelled 2",
                        "ended 1",
                        "ended 2",
                        "ended elsewhere 1",
                        "ended elsewhere 2",
                        "cancelled 1",
                        "cancelled 2",
                        "ended 1",
                        "ended 2",
                        "answered 1",
                        "answered 2");
    }

    private void fails(String signal) {
        told.add(signal);
        throw new IllegalStateException("A listener fails.");
    }

    @Test
    void claimListenersAreCalledFirstForReadyJobs() {
        signals.ready();
        assertThat(told).containsExactly("claimable", "ready");
    }

    @Test
    void storedJobsAreOnlyCounted() {
        signals.stored(3);
        assertThat(told).containsExactly("stored 3");
    }

    @Test
    void claimableJobsOfOtherNodesAreNotPublishedAsReady() {
        signals.claimable();
        assertThat(told).containsExactly("claimable");
    }

    @Test
    void endListenersAreCalledInTheirOrder() {
        signals.ended(JOBS);
        assertThat(told).containsExactly("ended " + JOBS, "ended here", "last " + JOBS);
    }

    @Test
    void cancelListenersAreCalledBeforeEndListeners() {
        signals.cancelled(JOBS);
        assertThat(told).containsExactly("cancelled " + JOBS, "ended " + JOBS, "ended here", "last " + JOBS);
    }

    @Test
    void aCancelOfAnotherNodeIsNotSentOn() {
        signals.cancelledElsewhere(JOB);
        assertThat(told).containsExactly("cancelled " + JOBS, "ended " + JOBS, "last " + JOBS);
    }

    @Test
    void endsElsewhereAndAwaitedJobsReachTheirOwnListenersOnly() {
        signals.endedElsewhere();
        signals.awaited(JOBS);
        assertThat(told).containsExactly("ended elsewhere", "awaited " + JOBS);
    }
}
