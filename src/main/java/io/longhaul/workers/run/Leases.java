package io.longhaul.workers.run;

import io.longhaul.jobs.Lease;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/** Leases as the arrays that statements take. */
public final class Leases {
    /** The order in which all statements of a node name jobs: in any other, two of them could deadlock. */
    public static final Comparator<Lease> ORDER = Comparator.comparing(Lease::jobId);

    private Leases() {}

    /**
     * Their jobs.
     *
     * @param leases in any order
     * @return in the same order
     */
    public static UUID[] ids(List<Lease> leases) {
        return leases.stream().map(Lease::jobId).toArray(UUID[]::new);
    }

    /**
     * Their attempts.
     *
     * @param leases in any order
     * @return in the same order
     */
    public static Integer[] attempts(List<Lease> leases) {
        return leases.stream().map(Lease::attempt).toArray(Integer[]::new);
    }

    /**
     * Their nodes' runs.
     *
     * @param leases in any order
     * @return in the same order
     */
    public static Long[] nodes(List<Lease> leases) {
        return leases.stream().map(Lease::nodeId).toArray(Long[]::new);
    }
}
