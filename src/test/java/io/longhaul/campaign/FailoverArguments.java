package io.longhaul.campaign;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What `.ci/failover` was asked for.
 *
 * @param work its folder
 * @param kills how many faults in all
 * @param scenarios in turn
 * @param access {@code haproxy} or {@code hosts}
 * @param ttl Patroni's, in seconds
 * @param clients how many at a time
 * @param seed of the clients
 */
record FailoverArguments(
        Path work, int kills, List<FailoverScenario> scenarios, String access, int ttl, int clients, long seed) {
    static FailoverArguments of(String... words) {
        FailoverArguments made = new FailoverArguments(Path.of(words[0]), 12, List.of(), "hosts", 8, 5, 1);
        for (int i = 1; i + 1 < words.length; i += 2) {
            made = made.with(words[i], words[i + 1]);
        }
        if (words.length % 2 == 0) {
            throw new IllegalArgumentException(words[words.length - 1] + " lacks its value");
        }
        return made.scenarios().isEmpty() ? made.of(List.of(FailoverScenario.values())) : made;
    }

    private FailoverArguments with(String name, String value) {
        return switch (name) {
            case "--kills" ->
                new FailoverArguments(work, Integer.parseInt(value), scenarios, access, ttl, clients, seed);
            case "--scenario" -> {
                List<FailoverScenario> more = new ArrayList<>(scenarios);
                more.add(FailoverScenario.valueOf(value.toUpperCase(Locale.ROOT)));
                yield of(more);
            }
            case "--access" -> new FailoverArguments(work, kills, scenarios, value, ttl, clients, seed);
            case "--settings" ->
                new FailoverArguments(work, kills, scenarios, access, value.equals("least") ? 20 : 8, clients, seed);
            case "--clients" ->
                new FailoverArguments(work, kills, scenarios, access, ttl, Integer.parseInt(value), seed);
            case "--seed" -> new FailoverArguments(work, kills, scenarios, access, ttl, clients, Long.parseLong(value));
            default -> throw new IllegalArgumentException(name + " is not known");
        };
    }

    private FailoverArguments of(List<FailoverScenario> others) {
        return new FailoverArguments(work, kills, others, access, ttl, clients, seed);
    }

    boolean isThroughProxy() {
        return access.equals("haproxy");
    }

    /** How long a broken leader stays broken: longer than any outage should be. */
    Duration away() {
        return Duration.ofSeconds(ttl + 7);
    }
}
