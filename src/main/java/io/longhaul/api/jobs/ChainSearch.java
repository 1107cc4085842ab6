package io.longhaul.api.jobs;

import io.longhaul.api.http.Times;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.jobs.sql.PredecessorQueries;
import io.longhaul.jobs.sql.PredecessorQueries.Link;
import io.longhaul.jobs.sql.PredecessorQueries.Member;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Finds the jobs that are connected with a job, step by step from it, up to a bound. */
public final class ChainSearch {
    /** More jobs are not shown. */
    private static final int MOST = 200;

    /** A chain of single jobs is followed this far in each direction, with a query for each step. */
    private static final int FARTHEST = 25;

    private final PredecessorQueries queries;
    private final UUID job;
    private final Map<UUID, Integer> distances = new LinkedHashMap<>();
    private final Map<UUID, Set<UUID>> afters = new HashMap<>();
    private boolean more;

    private ChainSearch(PredecessorQueries queries, UUID job) {
        this.queries = queries;
        this.job = job;
    }

    /** The chain of a job, as a caller may see it. */
    public static JobChain of(UUID job, PredecessorQueries queries, Caller caller) {
        ChainSearch search = new ChainSearch(queries, job);
        search.walk();
        return search.chain(caller);
    }

    private void walk() {
        distances.put(job, 0);
        List<UUID> reached = List.of(job);
        for (int step = 1; !reached.isEmpty(); step++) {
            if (step > FARTHEST) {
                more = true;
                return;
            }
            reached = next(reached, step);
        }
    }

    private List<UUID> next(List<UUID> from, int step) {
        List<UUID> fresh = new ArrayList<>();
        List<Link> links = queries.links(from.toArray(UUID[]::new), MOST + 1);
        for (Link link : links) {
            for (UUID id : List.of(link.jobId(), link.afterId())) {
                if (!distances.containsKey(id) && distances.size() < MOST) {
                    distances.put(id, step);
                    fresh.add(id);
                }
            }
            if (distances.containsKey(link.jobId()) && distances.containsKey(link.afterId())) {
                afters.computeIfAbsent(link.jobId(), id -> new LinkedHashSet<>())
                        .add(link.afterId());
            } else {
                more = true;
            }
        }
        more |= links.size() > MOST;
        return fresh;
    }

    private JobChain chain(Caller caller) {
        Map<UUID, Member> known = new HashMap<>();
        if (distances.size() > 1) {
            queries.members(distances.keySet().toArray(UUID[]::new)).stream()
                    .filter(member -> caller.seesAll() || member.isOf(caller.name()))
                    .forEach(member -> known.put(member.id(), member));
        }
        // Whoever may not see the jobs of others learns no ids of them.
        if (!caller.seesAll()) {
            distances.keySet().retainAll(known.keySet());
            afters.values().forEach(after -> after.retainAll(known.keySet()));
        }
        if (distances.size() <= 1) {
            return new JobChain(job, List.of(), false);
        }
        return new JobChain(
                job,
                distances.entrySet().stream()
                        .map(one -> member(one.getKey(), one.getValue(), known.get(one.getKey())))
                        .toList(),
                more);
    }

    private JobChain.Member member(UUID id, int distance, Member known) {
        List<UUID> after = List.copyOf(afters.getOrDefault(id, Set.of()));
        return known == null
                ? new JobChain.Member(id, null, null, null, after, distance)
                : new JobChain.Member(id, known.tool(), known.status(), Times.iso(known.createdAt()), after, distance);
    }
}
