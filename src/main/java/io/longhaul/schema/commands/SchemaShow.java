package io.longhaul.schema.commands;

import io.longhaul.schema.Changeset;
import io.longhaul.schema.catalog.CatalogSnapshot;
import io.longhaul.schema.watch.SchemaExpectation;
import io.longhaul.schema.watch.SchemaFinding;
import java.sql.Connection;
import java.util.LinkedHashMap;
import java.util.Map;
import net.sourceforge.argparse4j.impl.Arguments;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;

/** {@code schema show}: lists applied and pending changesets, and the levels on which this release runs. */
final class SchemaShow extends SchemaCommand.Action {
    SchemaShow(SchemaExpectation expectation) {
        super("show", expectation);
    }

    @Override
    void configure(Subparser show) {
        show.description("Lists applied and pending changesets by level, and the levels that this release runs on.");
        show.addArgument("--json").action(Arguments.storeTrue()).help("print JSON");
    }

    @Override
    void run(Namespace arguments, CommandDatabase database) throws Exception {
        try (Connection connection = database.connect()) {
            CatalogSnapshot snapshot = CatalogSnapshot.read(connection);
            SchemaFinding finding = expectation.compare(snapshot);
            if (arguments.getBoolean("json")) {
                CommandConsole.json(json(snapshot, finding));
            } else {
                print(snapshot, finding);
            }
        }
    }

    private void print(CatalogSnapshot snapshot, SchemaFinding finding) {
        CommandConsole.result("Schema " + snapshot.schema() + " is at level " + finding.foundLevel() + ".");
        CommandConsole.result("This release makes level " + expectation.level() + " and runs on " + window() + ".");
        for (Changeset applied : snapshot.applied()) {
            boolean unknown = finding.unknown().contains(applied.id());
            CommandConsole.result("  applied  " + described(applied) + (unknown ? "  (of a newer release)" : ""));
        }
        expectation.changelog().changesets().stream()
                .filter(changeset -> finding.pending().contains(changeset.id()))
                .forEach(changeset -> CommandConsole.result("  pending  " + described(changeset)));
    }

    private String window() {
        String oldest = expectation.oldest() == expectation.level()
                ? "that level"
                : "levels " + expectation.oldest() + " to " + expectation.level();
        return oldest + ", and on newer ones whose changesets all say min-app=" + expectation.level() + " or less";
    }

    private static String described(Changeset changeset) {
        return changeset.id() + "  level " + changeset.level() + ", for releases of level " + changeset.minApp()
                + " and newer";
    }

    private Map<String, Object> json(CatalogSnapshot snapshot, SchemaFinding finding) {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("schema", snapshot.schema());
        root.put("found_level", finding.foundLevel());
        root.put("level", expectation.level());
        root.put("oldest_level", expectation.oldest());
        root.put("fingerprint", expectation.changelog().fingerprint());
        root.put("applied", snapshot.applied().stream().map(SchemaShow::json).toList());
        root.put("pending", finding.pending());
        root.put("unknown", finding.unknown());
        return root;
    }

    private static Map<String, Object> json(Changeset changeset) {
        return Map.of("id", changeset.id(), "level", changeset.level(), "min_app", changeset.minApp());
    }
}
