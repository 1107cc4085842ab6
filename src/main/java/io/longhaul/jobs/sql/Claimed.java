package io.longhaul.jobs.sql;

import io.longhaul.jobs.ClaimedJob;
import java.lang.reflect.Type;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collector;
import org.jdbi.v3.core.collector.CollectorFactory;

/** The jobs of a claim, in the order in which they are to start. */
public final class Claimed extends AbstractList<ClaimedJob> {
    private final List<ClaimedJob> jobs = new ArrayList<>();
    private boolean contested;

    private Claimed() {}

    /** Jobs as if a claim had returned them; null stands for a job that another node leased first. */
    public static Claimed of(ClaimedJob... jobs) {
        return Arrays.stream(jobs).collect(Claimed::new, Claimed::take, Claimed::takeAll);
    }

    private void take(ClaimedJob job) {
        if (job == null) {
            contested = true;
        } else {
            jobs.add(job);
        }
    }

    private void takeAll(Claimed others) {
        jobs.addAll(others.jobs);
        contested |= others.contested;
    }

    /** True if another node leased some of the jobs first, so that there may be more behind them. */
    public boolean isContested() {
        return contested;
    }

    @Override
    public ClaimedJob get(int index) {
        return jobs.get(index);
    }

    @Override
    public int size() {
        return jobs.size();
    }

    /** Collects the rows of {@link RowMappers.ClaimedJobMapper}. */
    public static final class Collectors implements CollectorFactory {
        @Override
        public boolean accepts(Type containerType) {
            return containerType == Claimed.class;
        }

        @Override
        public Optional<Type> elementType(Type containerType) {
            return Optional.of(ClaimedJob.class);
        }

        @Override
        public Collector<?, ?, ?> build(Type containerType) {
            return Collector.of(Claimed::new, Claimed::take, (some, others) -> {
                some.takeAll(others);
                return some;
            });
        }
    }
}
