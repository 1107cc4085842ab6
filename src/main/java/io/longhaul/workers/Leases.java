package io.longhaul.workers;

import io.longhaul.jobs.Lease;
import java.util.List;
import java.util.UUID;

/** Leases as the arrays that statements take. */
final class Leases {
    private Leases() {}

    static UUID[] ids(List<Lease> leases) {
        return leases.stream().map(Lease::jobId).toArray(UUID[]::new);
    }

    static Integer[] attempts(List<Lease> leases) {
        return leases.stream().map(Lease::attempt).toArray(Integer[]::new);
    }

    static Long[] nodes(List<Lease> leases) {
        return leases.stream().map(Lease::nodeId).toArray(Long[]::new);
    }
}
