package io.longhaul.jobs;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A random sequence of changes. It does not name jobs: each step has numbers that select them when it runs, so a
 * sequence stays valid when steps are removed.
 */
record Walk(List<Step> steps) {
    /** The kinds of change, roughly as often as they are interesting. */
    enum Verb {
        SUBMIT(4),
        SUBMIT_WITH_A_KEY(1),
        CLAIM(10),
        SHOW_RUNNING(3),
        REPORT(1),
        COMPLETE(6),
        FAIL(2),
        RETRY_LATER(3),
        GIVE_BACK(2),
        CANCEL(2),
        NODE_DIES(2),
        NODE_COMES_BACK(5),
        RESCUE(4),
        TIME_PASSES(2),
        EXPIRE(2),
        LIFT_LIMITS(2),
        DELAY_PASSES(2),
        RELEASE(2),
        LEASE_VANISHES(1),
        REQUEUE(2),
        CLEAN_UP(2);

        private final int weight;

        Verb(int weight) {
            this.weight = weight;
        }

        static Verb any(Random random) {
            int total = 0;
            for (Verb verb : values()) {
                total += verb.weight;
            }
            int left = random.nextInt(total);
            for (Verb verb : values()) {
                left -= verb.weight;
                if (left < 0) {
                    return verb;
                }
            }
            throw new IllegalStateException();
        }
    }

    /** One change, to the jobs and leases that the numbers select. */
    record Step(Verb verb, int first, int second) {}

    static Walk random(Random random, int length) {
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            steps.add(new Step(Verb.any(random), random.nextInt(1_000), random.nextInt(1_000)));
        }
        return new Walk(steps);
    }

    int length() {
        return steps.size();
    }

    Walk without(int from, int count) {
        List<Step> rest = new ArrayList<>(steps.subList(0, from));
        rest.addAll(steps.subList(Math.min(steps.size(), from + count), steps.size()));
        return new Walk(rest);
    }
}
