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

    /** All of them in words: {@code UPDATE on table jobs; USAGE on sequence job_queue_seq}. */
    static String text(List<Difference> differences) {
        return differences.stream()
                .map(d -> d.fact().get("missing") + " on " + d.fact().get("is") + " "
                        + d.fact().object())
                .collect(Collectors.joining("; "));
    }

    static String statements(List<Difference> differences) {
        return differences.stream().map(Difference::repair).collect(Collectors.joining(" "));
    }

    private static String repair(Fact grant) {
        String on = grant.get("is").equals("sequence") ? "SEQUENCE " : "";
        return "GRANT " + grant.get("missing") + " ON " + on + Repairs.ident(grant.object()) + " TO "
                + Repairs.ident(grant.get("role")) + ";";
    }
}
