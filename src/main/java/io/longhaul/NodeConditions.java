package io.longhaul;

import io.longhaul.ops.Condition;
import io.longhaul.tools.LiveTools;
import io.longhaul.tools.Surroundings;
import io.longhaul.workers.Workers;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** How a node is, apart from its database. */
final class NodeConditions {
    private final Workers workers;
    private final Surroundings surroundings;
    private final boolean canListen;
    private final BooleanSupplier listening;

    NodeConditions(Workers workers, Surroundings surroundings, boolean canListen, BooleanSupplier listening) {
        this.workers = workers;
        this.surroundings = surroundings;
        this.canListen = canListen;
        this.listening = listening;
    }

    Condition claims() {
        return workers.isDraining()
                ? new Condition(
                        "node",
                        false,
                        Condition.DRAINING,
                        "This node is draining: it claims no more jobs.",
                        "Use another node.",
                        Map.of("running", workers.running()))
                : Condition.holds("node", "This node takes requests.");
    }

    /** Tools that are missing or paused make no node unready: the others are there. */
    Condition tools() {
        List<String> paused =
                workers.pausedTools().list().stream().map(pause -> pause.tool()).toList();
        List<String> missing = surroundings.live().stream()
                .map(LiveTools::trouble)
                .flatMap(Optional::stream)
                .toList();
        String message = (paused.isEmpty() ? "No tool is paused." : "Paused: " + String.join(", ", paused) + ".")
                + (missing.isEmpty() ? "" : " " + String.join(" ", missing));
        return new Condition("tools", true, null, message, null, Map.of("paused", paused, "missing", missing));
    }

    Condition notifications() {
        if (!canListen) {
            return Condition.holds(
                    "notifications",
                    "None: they cannot pass a pooler. This node polls; DATABASE_DIRECT_URL would bring them.");
        }
        return Condition.holds(
                "notifications",
                listening.getAsBoolean() ? "They arrive." : "They do not arrive now. This node polls.");
    }
}
