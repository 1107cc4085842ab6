package io.longhaul.campaign;

import io.longhaul.campaign.History.Call;
import io.longhaul.campaign.History.Kind;
import io.longhaul.campaign.History.Row;
import io.longhaul.campaign.History.Run;
import io.longhaul.campaign.History.State;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Makes up histories as a correct server may leave them: each call takes effect at some moment between question and answer. */
final class RandomHistory {
    private static final long MILLI = 1_000_000;

    private final Random random;
    private final List<Call> calls = new ArrayList<>();
    private final List<Run> runs = new ArrayList<>();
    private final List<Row> rows = new ArrayList<>();
    private final Map<Integer, String> over = new HashMap<>();
    private String job;
    private String key;
    private State state;
    private String node;
    private long now;

    private RandomHistory(Random random) {
        this.random = random;
    }

    static History of(Random random, int jobs) {
        RandomHistory history = new RandomHistory(random);
        for (int i = 0; i < jobs; i++) {
            history.live("job-" + i, "key-" + i);
        }
        return new History(List.copyOf(history.calls), List.copyOf(history.runs), List.copyOf(history.rows));
    }

    private void live(String id, String itsKey) {
        job = id;
        key = itsKey;
        state = new State("pending", 0, null);
        over.clear();
        now = random.nextInt(1_000) * MILLI;
        do {
            call(Kind.SUBMIT, random.nextInt(3) > 0);
        } while (calls.get(calls.size() - 1).job() == null);
        while (!state.hasEnded()) {
            looks();
            claimed();
        }
        looks();
        rows.add(new Row(job, key, state, node, true, Map.copyOf(over)));
    }

    private void looks() {
        for (int i = random.nextInt(4); i > 0; i--) {
            call(random.nextInt(5) == 0 ? Kind.SUBMIT : Kind.READ, true);
        }
    }

    /** A claim, and what becomes of it. */
    private void claimed() {
        State before = state;
        int attempt = before.attempt() + 1;
        node = "node-" + random.nextInt(3);
        state = new State("running", attempt, null);
        looks();
        int dice = attempt > 4 ? 0 : random.nextInt(8);
        if (dice == 1) {
            // Given back before the tool began.
            state = before;
            return;
        }
        long begun = tick();
        looks();
        boolean ends = dice < 5;
        runs.add(new Run(job, attempt, node, begun, ends ? tick() : History.NEVER));
        if (dice < 4) {
            state = new State("completed", attempt, "\"result\"");
        } else if (dice == 4) {
            state = new State("failed", attempt, null);
            over.put(attempt, node);
        } else if (dice == 5) {
            state = new State("cancelled", attempt, null);
            call(Kind.CANCEL, random.nextBoolean());
        } else {
            over.put(attempt, node);
            state = new State("pending", attempt, null);
        }
    }

    private void call(Kind kind, boolean answered) {
        long effect = tick();
        long asked = effect - random.nextInt(200) * MILLI;
        // The answer to an effect may come long after others have seen it.
        long told = effect + random.nextInt(200) * MILLI;
        State saw = kind == Kind.CANCEL ? State.CANCELLED : state;
        calls.add(new Call(
                kind,
                kind == Kind.SUBMIT ? key : null,
                answered || kind != Kind.SUBMIT ? job : null,
                answered ? saw : null,
                asked,
                answered ? told : History.NEVER));
    }

    private long tick() {
        now += (1 + random.nextInt(50)) * MILLI;
        return now;
    }
}
