package io.longhaul.webhooks;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How many deliveries are on their way from this node, by lane. */
final class Lanes {
    private final int each;
    private final int most;
    private final Map<String, Integer> busy = new ConcurrentHashMap<>();

    Lanes(int each, int most) {
        this.each = each;
        this.most = most;
    }

    void enter(String lane) {
        busy.merge(lane, 1, Integer::sum);
    }

    void leave(String lane) {
        busy.computeIfPresent(lane, (key, count) -> count == 1 ? null : count - 1);
    }

    int onTheirWay() {
        return busy.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** How many more may be sent now, to all lanes together. */
    int free() {
        return most - onTheirWay();
    }

    /** How many more each lane may take that has some on their way. */
    Map<String, Integer> freeOfBusy() {
        Map<String, Integer> free = new java.util.LinkedHashMap<>();
        busy.forEach((lane, count) -> free.put(lane, Math.max(0, each - count)));
        return free;
    }
}
