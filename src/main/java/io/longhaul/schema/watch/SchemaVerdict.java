package io.longhaul.schema.watch;

import io.longhaul.database.faults.DatabaseFault;
import io.longhaul.schema.Changeset;
import io.longhaul.schema.Cures;
import io.longhaul.schema.Diagnosis;
import io.longhaul.schema.Renumbered;
import io.longhaul.schema.ServerTraits;
import io.longhaul.schema.SqlStates;
import io.longhaul.schema.catalog.CatalogFact;
import io.longhaul.schema.catalog.CatalogSnapshot;
import io.longhaul.schema.catalog.Difference;
import io.longhaul.schema.catalog.MissingGrants;
import io.longhaul.schema.catalog.Severity;
import io.longhaul.schema.watch.SchemaState.Status;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Turns the result of a check into a verdict with its reason and cure. */
public final class SchemaVerdict {
    /** More names would make an unreadable sentence; the details of {@code /readyz} have all. */
    private static final int MOST_PENDING = 5;

    /** Everything else depends on this table, so its problems are reported first. */
    private static final String JOBS_TABLE = "table\tjobs";

    private final SchemaExpectation expectation;
    private final Cures cures;

    public SchemaVerdict(SchemaExpectation expectation, Cures cures) {
        this.expectation = expectation;
        this.cures = cures;
    }

    SchemaState unknown() {
        return state(
                Status.UNKNOWN, "The schema has not been checked yet.", "", SchemaFinding.none(expectation.level()));
    }

    /** The verdict from properties of the database alone; empty if they decide nothing. */
    public Optional<SchemaState> of(ServerTraits traits) {
        return traits.problem()
                .map(problem -> state(
                        traits.storesAllText() ? Status.READ_ONLY : Status.INCOMPATIBLE,
                        problem.cause(),
                        problem.cure(),
                        SchemaFinding.none(expectation.level())));
    }

    public SchemaState of(CatalogSnapshot snapshot) {
        SchemaFinding finding = expectation.compare(snapshot);
        List<Changeset> breaking = expectation.breaking(snapshot);
        Optional<Diagnosis> astray = snapshot.path().problem();
        if (astray.isPresent()) {
            return elsewhere(astray.get(), snapshot, finding);
        }
        if (Renumbered.isNeeded(snapshot.applied())) {
            return state(Status.MIGRATION_REQUIRED, Renumbered.REASON, cures.adopt(), finding);
        }
        if (!breaking.isEmpty()) {
            return tooNew(breaking, finding);
        }
        List<Difference> fatal = finding.of(Severity.FATAL);
        if (fatal.isEmpty()) {
            return usable(snapshot, finding);
        }
        boolean grantsOnly = fatal.stream().allMatch(d -> d.fact().is(CatalogFact.Kind.GRANT));
        return grantsOnly ? withoutGrants(fatal, finding) : broken(snapshot, finding);
    }

    public SchemaState of(SQLException error) {
        SchemaFinding none = SchemaFinding.none(expectation.level());
        if (DatabaseFault.findsNoPrimary(error)) {
            Diagnosis absent = Diagnosis.NO_PRIMARY;
            return state(Status.READ_ONLY, absent.cause() + ".", absent.cure(), none);
        }
        Diagnosis why = Diagnosis.of(error, cures);
        String cause = why.cause() + (why.cause().endsWith(".") ? "" : ".");
        if (SqlStates.connectionLost(error)) {
            return state(Status.UNREACHABLE, "The database does not answer: " + cause, why.cure(), none);
        }
        return "42501".equals(error.getSQLState())
                ? state(Status.INCOMPATIBLE, why.text(), "GRANT the role of this service what it misses", none)
                : state(Status.UNKNOWN, "The schema could not be checked: " + cause, why.cure(), none);
    }

    SchemaState silent(java.time.Duration waited) {
        return state(
                Status.UNREACHABLE,
                "The database took a question and did not answer it within " + waited.toMillis() + " ms.",
                "See whether its server hangs: stopped processes, a disk that does not answer, or a network that drops packets.",
                SchemaFinding.none(expectation.level()));
    }

    /** The session works in a schema that cannot be meant, so its differences mean nothing. */
    private SchemaState elsewhere(Diagnosis astray, CatalogSnapshot snapshot, SchemaFinding finding) {
        boolean moved = !snapshot.path().elsewhere().isEmpty();
        return state(
                moved ? Status.INCOMPATIBLE : Status.MIGRATION_REQUIRED,
                astray.cause() + ".",
                astray.cure() + (moved ? "" : "; then " + cures.migrate()),
                finding.uncompared());
    }

    private SchemaState tooNew(List<Changeset> breaking, SchemaFinding finding) {
        Changeset step = breaking.get(0);
        return state(
                Status.INCOMPATIBLE,
                "The schema is at level " + finding.foundLevel() + ": changeset " + step.id()
                        + " needs a release of level " + step.minApp() + " or newer, this one is of level "
                        + finding.expectedLevel() + ".",
                "run the release that migrated, or roll that changeset back with its jar",
                finding);
    }

    private SchemaState broken(CatalogSnapshot snapshot, SchemaFinding finding) {
        List<Difference> fatal = finding.of(Severity.FATAL);
        if (Adoption.isMisled(expectation, snapshot)) {
            return misled(finding, first(fatal));
        }
        boolean tableGone = fatal.stream().anyMatch(SchemaVerdict::isMissingTable);
        if (!finding.pending().isEmpty() && !expectation.runsOn(finding.foundLevel())) {
            String reason = "Schema level " + finding.expectedLevel() + " is needed, found " + finding.foundLevel()
                    + ": " + first(fatal) + " " + pending(finding);
            String cure = changedByHand(snapshot, finding, Severity.FATAL) ? cures.migrateAndRepair() : cures.migrate();
            return state(Status.MIGRATION_REQUIRED, reason, cure, finding);
        }
        if (tableGone) {
            return lost(finding);
        }
        return state(
                Status.INCOMPATIBLE,
                "The schema differs from what this release needs: " + first(fatal),
                cures.repair(),
                finding);
    }

    /** True if the schema already differs from the level it has reached: no pending changeset repairs that. */
    private boolean changedByHand(CatalogSnapshot snapshot, SchemaFinding finding, Severity severity) {
        return finding.foundLevel() > 0
                && expectation.differences(snapshot, finding.foundLevel()).stream()
                        .anyMatch(difference -> difference.severity() == severity);
    }

    /** Migrating would fail because of existing objects, or start from a wrong state. */
    private SchemaState misled(SchemaFinding finding, String differences) {
        String reason = differences + " The changelog does not match the tables.";
        return state(Status.MIGRATION_REQUIRED, reason, cures.adopt(), finding);
    }

    /** The changelog says that the table exists: migrating would do nothing. */
    private SchemaState lost(SchemaFinding finding) {
        return state(
                Status.MIGRATION_REQUIRED,
                first(finding.of(Severity.FATAL))
                        + " The changelog records it as made, so it was dropped or renamed by hand.",
                "restore it, or create it again without rows: " + cures.repair(),
                finding);
    }

    private SchemaState withoutGrants(List<Difference> missing, SchemaFinding finding) {
        return state(
                Status.INCOMPATIBLE,
                "The role of this service lacks " + MissingGrants.text(missing) + ".",
                MissingGrants.cure(missing, cures),
                finding);
    }

    private SchemaState usable(CatalogSnapshot snapshot, SchemaFinding finding) {
        List<Difference> degraded = finding.of(Severity.DEGRADED);
        String missing = degraded.isEmpty() ? "" : "Degraded: " + first(degraded);
        if (!finding.pending().isEmpty()) {
            String reason = missing.isEmpty() ? pending(finding) : missing + " " + pending(finding);
            return state(Status.READY, reason, whilePending(snapshot, finding), finding);
        }
        if (!degraded.isEmpty()) {
            return state(Status.READY, missing, cures.repair(), finding);
        }
        Optional<Diagnosis> twice = snapshot.path().problemOfChanges();
        if (twice.isPresent()) {
            return state(Status.READY, twice.get().cause() + ".", twice.get().cure(), finding);
        }
        String newer = finding.unknown().isEmpty() ? "" : "Newer schema, level " + finding.foundLevel() + ".";
        return state(Status.READY, newer, "", finding);
    }

    /** A repair of what a pending changeset makes would be in its way. */
    private String whilePending(CatalogSnapshot snapshot, SchemaFinding finding) {
        if (Adoption.isMisled(expectation, snapshot)) {
            return cures.adopt();
        }
        boolean byHand =
                !finding.of(Severity.DEGRADED).isEmpty() && changedByHand(snapshot, finding, Severity.DEGRADED);
        return byHand ? cures.migrateAndRepair() : cures.migrate();
    }

    private static String pending(SchemaFinding finding) {
        List<String> all = finding.pending();
        int more = all.size() - MOST_PENDING;
        return "Pending: "
                + String.join(", ", all.subList(0, Math.min(all.size(), MOST_PENDING)))
                + (more > 0 ? " and " + more + " more." : ".");
    }

    private static String first(List<Difference> differences) {
        String shown = differences.stream()
                .sorted(Comparator.comparing((Difference d) -> !d.fact().key().equals(JOBS_TABLE))
                        .thenComparing(d -> d.fact().kind()))
                .limit(3)
                .map(SchemaVerdict::sentence)
                .collect(Collectors.joining("; "));
        int more = differences.size() - 3;
        return more > 0 ? shown + "; and " + more + " more." : shown + ".";
    }

    private static String sentence(Difference difference) {
        return difference.isMissing() ? difference.subject() + " is missing" : difference.line();
    }

    private static boolean isMissingTable(Difference difference) {
        return difference.fact().is(CatalogFact.Kind.TABLE) && difference.isMissing();
    }

    private static SchemaState state(Status status, String reason, String cure, SchemaFinding finding) {
        Instant now = Instant.now();
        String sentence = reason.isEmpty() ? "" : Character.toUpperCase(reason.charAt(0)) + reason.substring(1);
        return new SchemaState(status, sentence, cure, finding, now, now);
    }
}
