package io.longhaul.jobs.chains;

import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.sql.ChainTransitions;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Collects the decisions on waiting jobs, so that a few statements write them. */
final class DecisionBatch {
    private record End(UUID id, JobStatus status, String code, String message) {}

    private record Release(UUID id, String params) {}

    private record Crossed(UUID id, UUID after) {}

    private final List<End> ends = new ArrayList<>();
    private final List<Release> releases = new ArrayList<>();
    private final List<Crossed> crossed = new ArrayList<>();

    void end(UUID id, JobStatus status, String code, String message) {
        ends.add(new End(id, status, code, message));
    }

    void release(UUID id, String params) {
        releases.add(new Release(id, params));
    }

    void crossOff(ChainTransitions.Standing standing) {
        if (standing.done() != null) {
            for (UUID after : standing.done()) {
                crossed.add(new Crossed(standing.id(), after));
            }
        }
    }

    List<UUID> released() {
        return releases.stream().map(Release::id).toList();
    }

    List<UUID> ended() {
        return ends.stream().map(End::id).toList();
    }

    void write(ChainTransitions transitions) {
        if (!ends.isEmpty()) {
            transitions.end(
                    ends.stream().map(End::id).toArray(UUID[]::new),
                    ends.stream().map(end -> end.status().label()).toArray(String[]::new),
                    ends.stream().map(End::code).toArray(String[]::new),
                    ends.stream().map(End::message).toArray(String[]::new));
        }
        if (!releases.isEmpty()) {
            transitions.release(
                    releases.stream().map(Release::id).toArray(UUID[]::new),
                    releases.stream().map(Release::params).toArray(String[]::new));
        }
        if (!crossed.isEmpty()) {
            transitions.crossOff(
                    crossed.stream().map(Crossed::id).toArray(UUID[]::new),
                    crossed.stream().map(Crossed::after).toArray(UUID[]::new));
        }
    }
}
