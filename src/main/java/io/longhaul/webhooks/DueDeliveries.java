package io.longhaul.webhooks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/**
 * Claims due deliveries. The lanes of jobs' own addresses, of which there may be any number, take turns: each claim looks at
 * the next few hundred.
 */
final class DueDeliveries {
    /** A look at so many takes some milliseconds. */
    private static final int HOSTS_LOOKED_AT = 500;

    private final Jdbi jdbi;
    private final WebhooksConfiguration configuration;
    private final SetAside setAside;

    /** The last lane of a job's own address that was looked at; an empty text begins with the first. */
    private String lastHost = "";

    DueDeliveries(Jdbi jdbi, WebhooksConfiguration configuration, SetAside setAside) {
        this.jdbi = jdbi;
        this.configuration = configuration;
        this.setAside = setAside;
    }

    /** A claim of deliveries, or of one of them. */
    private interface Claim {
        List<ClaimedDelivery> of(DeliveryClaims deliveries, UUID only);
    }

    /** True if there are lanes that the last claim has not looked at. */
    boolean areMore() {
        return !lastHost.isEmpty();
    }

    /**
     * Claims deliveries.
     *
     * @param freeOfBusy for each lane with deliveries under way, how many more may be sent
     */
    List<ClaimedDelivery> claim(Map<String, Integer> freeOfBusy, int limit) {
        String[] hosts = nextHosts(limit);
        String[] busy = freeOfBusy.keySet().toArray(String[]::new);
        Integer[] free = freeOfBusy.values().toArray(Integer[]::new);
        int each = configuration.concurrency();
        Claim claim = (deliveries, only) -> deliveries.claim(
                hosts, busy, free, each, limit, only, configuration.lease().toMillis(), configuration.largestPayload());
        try {
            return jdbi.withExtension(DeliveryClaims.class, d -> claim.of(d, null));
        } catch (RuntimeException e) {
            SetAside.requireRefusal(e);
            List<UUID> due = jdbi.withExtension(DeliveryClaims.class, d -> d.due(hosts, busy, free, each, limit, null));
            if (due.isEmpty()) {
                throw e;
            }
            return claimApart(claim, due);
        }
    }

    /** What one of them holds, or the result of its job, may be damaged. */
    private List<ClaimedDelivery> claimApart(Claim claim, List<UUID> due) {
        List<ClaimedDelivery> claimed = new ArrayList<>();
        for (UUID one : due) {
            try {
                claimed.addAll(jdbi.withExtension(DeliveryClaims.class, d -> claim.of(d, one)));
            } catch (RuntimeException e) {
                setAside.add(one, e);
            }
        }
        return claimed;
    }

    /** The next lanes with something due, no more than a claim can take from: endpoints are to get their share of it. */
    private String[] nextHosts(int most) {
        String after = lastHost;
        List<DeliveryClaims.HostLane> next =
                jdbi.withExtension(DeliveryClaims.class, d -> d.hosts(after, HOSTS_LOOKED_AT));
        lastHost = "";
        List<String> due = new ArrayList<>();
        for (int i = 0; i < next.size(); i++) {
            if (next.get(i).due()) {
                due.add(next.get(i).lane());
            }
            boolean last = i + 1 == next.size() ? next.size() == HOSTS_LOOKED_AT : due.size() == most;
            if (last) {
                lastHost = next.get(i).lane();
                break;
            }
        }
        return due.toArray(String[]::new);
    }
}
