package io.longhaul.schema;

import java.util.List;
import java.util.stream.Collectors;

/** What the role of the service may not do although it has to. */
final class MissingGrants {
    private MissingGrants() {}

    /** One table or sequence as a difference. Without the right every statement on it fails. */
    static Difference difference(Fact grant) {
        return new Difference(grant, null, grant.get("missing"), Difference.NOTHING, Severity.FATAL, repair(grant));
    }

    /** A message is read by people; whoever lacks more lacks all. */
    private static final int SHOWN = 3;

    /** In words: {@code UPDATE on table jobs; USAGE on sequence job_queue_seq}. */
    static String text(List<Difference> differences) {
        String shown = differences.stream()
                .limit(SHOWN)
                .map(d -> d.fact().get("missing") + " on " + d.fact().get("is") + " "
                        + d.fact().object())
                .collect(Collectors.joining("; "));
        return differences.size() > SHOWN ? shown + "; and " + (differences.size() - SHOWN) + " more" : shown;
    }

    /** What its owner has to run, or where to find it if that is much. */
    static String cure(List<Difference> differences, Cures cures) {
        if (differences.size() > SHOWN) {
            return cures.verify() + " shows the GRANTs that its owner has to run; docs/roles.sql has them all";
        }
        return "as the owner of the tables: "
                + differences.stream().map(Difference::repair).collect(Collectors.joining(" "));
    }

    private static String repair(Fact grant) {
        String on = grant.get("is").equals("sequence") ? "SEQUENCE " : "";
        return "GRANT " + grant.get("missing") + " ON " + on + Repairs.ident(grant.object()) + " TO "
                + Repairs.ident(grant.get("role")) + ";";
    }
}
