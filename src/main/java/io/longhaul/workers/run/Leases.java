package io.longhaul.workers.run;

import io.longhaul.jobs.Lease;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/** Leases as the arrays that statements take. */
public final class Leases {
    /** The order in which all statements of a node name jobs: in any other, two of them could deadlock. */
    public static final Comparator<Lease> ORDER = Comparator.comparing(Lease::jobId);

    private final List<Lease> leases;

    private Leases(List<Lease> leases) {
        this.leases = leases;
    }

    /** Leases in the order given, which must be {@link #ORDER} for statements that lock rows. */
    public static Leases of(List<Lease> leases) {
        return new Leases(leases);
    }

    public static Leases sorted(Collection<Lease> leases) {
        return new Leases(leases.stream().sorted(ORDER).toList());
    }

    public UUID[] ids() {
        return leases.stream().map(Lease::jobId).toArray(UUID[]::new);
    }

    public Integer[] attempts() {
        return leases.stream().map(Lease::attempt).toArray(Integer[]::new);
    }

    public Long[] nodes() {
        return leases.stream().map(Lease::nodeId).toArray(Long[]::new);
    }
}
