package io.longhaul.server;

import io.longhaul.jobs.sql.Quarantine;
import io.longhaul.readiness.Condition;
import io.longhaul.schema.catalog.Difference;
import io.longhaul.schema.watch.SchemaState;
import io.longhaul.tools.LiveTools;
import io.longhaul.tools.ToolContext;
import io.longhaul.workers.Workers;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** The conditions of a node that readiness reports. */
final class NodeConditions {
    private final Workers workers;
    private final ToolContext toolContext;
    private final boolean canListen;
    private final BooleanSupplier listening;

    NodeConditions(Workers workers, ToolContext toolContext, boolean canListen, BooleanSupplier listening) {
        this.workers = workers;
        this.toolContext = toolContext;
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

    /** Missing or paused tools do not make the node unready: the others work. */
    Condition tools() {
        List<String> paused =
                workers.pausedTools().list().stream().map(pause -> pause.tool()).toList();
        List<String> missing = toolContext.live().stream()
                .map(LiveTools::trouble)
                .flatMap(Optional::stream)
                .toList();
        String message = (paused.isEmpty() ? "No tool is paused." : "Paused: " + String.join(", ", paused) + ".")
                + (missing.isEmpty() ? "" : " " + String.join(" ", missing));
        return new Condition("tools", true, null, message, null, Map.of("paused", paused, "missing", missing));
    }

    /** Calls that do not stop do not make the node unready: all other tools work. */
    Condition leftBehind() {
        Map<String, Long> calls = workers.leftBehind().perTool();
        if (calls.isEmpty()) {
            return Condition.holds("stops", "Every tool stopped when it was told to.");
        }
        Set<String> barred = workers.leftBehind().barred();
        String which = calls.entrySet().stream()
                .map(tool -> tool.getKey() + " (" + tool.getValue() + ")")
                .collect(Collectors.joining(", "));
        return new Condition(
                "stops",
                true,
                Condition.TOOLS_DO_NOT_STOP,
                "Calls that go on although they were told to stop, by tool: " + which + "."
                        + (barred.isEmpty()
                                ? ""
                                : " This node claims no more jobs of " + String.join(", ", barred)
                                        + ", because too many of their calls do."),
                "The tools must react to interruption; a restart of this node ends the calls.",
                Map.of("calls", calls, "barred", List.copyOf(barred)));
    }

    Condition notifications() {
        if (!canListen) {
            return Condition.holds(
                    "notifications",
                    "Off: they cannot pass a pooler. This node polls; DATABASE_DIRECT_URL would turn them on.");
        }
        return Condition.holds(
                "notifications",
                listening.getAsBoolean() ? "They arrive." : "They do not arrive now. This node polls.");
    }

    static Condition schema(SchemaState state) {
        return switch (state.status()) {
            case READY ->
                new Condition(
                        "schema",
                        true,
                        null,
                        state.reason().isEmpty() ? "The schema is what this release needs." : state.reason(),
                        null,
                        details(state));
            case MIGRATION_REQUIRED, INCOMPATIBLE -> failing(Condition.DATABASE_MIGRATION_REQUIRED, state);
            case READ_ONLY -> failing(Condition.DATABASE_READ_ONLY, state);
            case UNREACHABLE, UNKNOWN -> failing(Condition.DATABASE_UNAVAILABLE, state);
        };
    }

    private static Condition failing(String code, SchemaState state) {
        String cure = state.cure().isEmpty() ? null : state.cure();
        return new Condition("schema", false, code, state.reason(), cure, details(state));
    }

    private static Map<String, Object> details(SchemaState state) {
        return Map.of(
                "status", state.status().name(),
                "expected_level", state.finding().expectedLevel(),
                "found_level", state.finding().foundLevel(),
                "pending", state.finding().pending(),
                "unknown", state.finding().unknown(),
                "differences",
                        state.finding().differences().stream()
                                .limit(10)
                                .map(Difference::line)
                                .toList(),
                "since", state.since().toString(),
                "checked_at", state.checkedAt().toString());
    }

    /** Rows that cannot be changed do not make the node unready: all other rows are processed. */
    static Condition quarantine(List<Quarantine.Row> rows) {
        if (rows.isEmpty()) {
            return Condition.holds("housekeeping", "No row is set aside.");
        }
        Quarantine.Row worst = rows.get(0);
        return new Condition(
                "housekeeping",
                true,
                Condition.ROWS_QUARANTINED,
                "%d rows are set aside because statements fail on them; %s of %s failed %d times: %s"
                        .formatted(rows.size(), worst.task(), worst.rowId(), worst.failures(), worst.error()),
                "Remove the cause that the error names; the rows are tried again by themselves.",
                Map.of("rows", rows.stream().map(NodeConditions::shown).toList()));
    }

    private static Map<String, Object> shown(Quarantine.Row row) {
        return Map.of(
                "task", row.task(),
                "row_id", row.rowId().toString(),
                "failures", row.failures(),
                "error", row.error(),
                "until", row.until().toString());
    }
}
