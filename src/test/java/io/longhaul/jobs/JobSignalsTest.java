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
        signals.onClaimable(() -> told.add("claimable"));
        signals.onAwaited(jobs -> told.add("awaited " + jobs));
        signals.onEnded(jobs -> told.add("ended " + jobs));
        signals.onEndedHere(jobs -> told.add("ended here " + jobs));
        signals.onEnded(jobs -> told.add("last " + jobs));
        signals.onCancelled(jobs -> told.add("cancelled " + jobs));
        signals.onEndedElsewhere(() -> told.add("ended elsewhere"));
    }

    @Test
    void claimListenersAreCalledFirstForReadyJobs() {
        signals.ready();
        assertThat(told).containsExactly("claimable", "ready");
    }

    @Test
    void claimableJobsOfOtherNodesAreNotPublishedAsReady() {
        signals.claimable();
        assertThat(told).containsExactly("claimable");
    }

    @Test
    void endListenersAreCalledInTheirOrder() {
        signals.ended(JOBS);
        assertThat(told).containsExactly("ended " + JOBS, "ended here " + JOBS, "last " + JOBS);
    }

    @Test
    void cancelListenersAreCalledBeforeEndListeners() {
        signals.cancelled(JOBS);
        assertThat(told).containsExactly("cancelled " + JOBS, "ended " + JOBS, "ended here " + JOBS, "last " + JOBS);
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
