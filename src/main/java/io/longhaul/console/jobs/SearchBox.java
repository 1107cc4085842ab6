package io.longhaul.console.jobs;

import io.longhaul.api.http.Ids;
import io.longhaul.api.http.QueryParameters;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.console.Paths;
import io.longhaul.console.Reads;
import io.longhaul.jobs.sql.JobFilter;
import io.longhaul.jobs.sql.JobFilter.By;
import io.longhaul.jobs.sql.JobQueries;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/** Leads to what somebody typed into the box at the top: an id or its first digits, a trace or its first digits, or an error. */
final class SearchBox {
    private final Reads reads;
    private final Caller caller;

    SearchBox(Reads reads, Caller caller) {
        this.reads = reads;
        this.caller = caller;
    }

    /** The address to go to; empty for nothing. */
    Optional<String> found(String typed) {
        String text = typed == null ? "" : typed.strip();
        if (text.isEmpty()) {
            return Optional.empty();
        }
        // Pages show the first digits of a trace, and copies of them end with dots.
        String digits = text.replaceFirst("(…|\\.\\.\\.)$", "").toLowerCase(Locale.ROOT);
        return Optional.of(Ids.parse(text)
                .map(id -> Paths.JOBS + "/" + id)
                .or(() -> job(digits))
                .or(() -> trace(digits))
                .orElseGet(() -> list("error", text)));
    }

    private Optional<String> job(String digits) {
        if (!QueryParameters.ID_PREFIX.matcher(digits).matches()) {
            return Optional.empty();
        }
        List<UUID> jobs = beginning(By.ID_PREFIX, digits);
        return jobs.isEmpty()
                ? Optional.empty()
                : Optional.of(jobs.size() == 1 ? Paths.JOBS + "/" + jobs.get(0) : list("id_prefix", digits));
    }

    private Optional<String> trace(String digits) {
        if (!QueryParameters.TRACE_PREFIX.matcher(digits).matches()) {
            return Optional.empty();
        }
        if (digits.length() == 32) {
            return Optional.of(list("trace_id", digits));
        }
        return beginning(By.TRACE_PREFIX, digits).isEmpty()
                ? Optional.empty()
                : Optional.of(list("trace_id_prefix", digits));
    }

    /** At most two jobs that the caller sees; none if there was no time to find them. */
    private List<UUID> beginning(By by, String digits) {
        JobFilter filter = caller.visible(JobFilter.ALL.by(by, digits));
        List<UUID> found = reads.inTime(
                JobQueries.class,
                queries -> queries.ids(filter.conditions(), filter.order().sql(), filter.values(), 2));
        return found == null ? List.of() : found;
    }

    private static String list(String filter, String value) {
        return Paths.JOBS + "?" + filter + "="
                + URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
