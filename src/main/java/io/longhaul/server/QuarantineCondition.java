package io.longhaul.server;

import io.longhaul.jobs.sql.Quarantine;
import io.longhaul.ops.Condition;
import java.util.List;
import java.util.Map;

/** Says which rows housekeeping fails on. It never makes a node unready: all other rows are dealt with. */
final class QuarantineCondition {
    private static final String NAME = "housekeeping";

    private QuarantineCondition() {}

    static Condition of(List<Quarantine.Row> rows) {
        if (rows.isEmpty()) {
            return Condition.holds(NAME, "No row is set aside.");
        }
        Quarantine.Row worst = rows.get(0);
        return new Condition(
                NAME,
                true,
                Condition.ROWS_QUARANTINED,
                "%d rows are set aside because housekeeping fails on them; %s of %s failed %d times: %s"
                        .formatted(rows.size(), worst.task(), worst.rowId(), worst.failures(), worst.error()),
                "Remove the cause that the error names; the rows are tried again by themselves.",
                Map.of("rows", rows.stream().map(QuarantineCondition::shown).toList()));
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
