package io.longhaul.cli.remote;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.client.JobFilter;
import io.longhaul.client.LonghaulClient;
import java.io.InputStream;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that select the jobs of a list or of an operation. */
final class JobSelection {
    @Mixin
    private JobFilterOptions jobs;

    @Option(names = "--error", paramLabel = "TEXT", description = "failed jobs with this text in their error")
    private String error;

    @Option(
            names = "--failure",
            paramLabel = "F",
            description = "jobs of a group of failures, as the command failure lists them")
    private String failure;

    @Option(names = "--trace-id", paramLabel = "ID", description = "jobs of a trace")
    private String trace;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            converter = Values.OfPast.class,
            description = "jobs from this time on, or of the last 2h")
    private Instant since;

    @Option(
            names = "--until",
            paramLabel = "TIME",
            converter = Values.OfPast.class,
            description = "jobs before this time, or older than 2h")
    private Instant until;

    @Option(
            names = "--filter",
            paramLabel = "JSON",
            description = "more members of the filter, named as in the HTTP API; @FILE or - as well")
    private String more;

    /** Null until it is asked for. */
    private JobFilter filter;

    /** Standard input can be read once, and a watched list asks again. */
    JobFilter in(InputStream in, LonghaulClient client) {
        if (filter == null) {
            filter = read(in, client);
        }
        return filter;
    }

    private JobFilter read(InputStream in, LonghaulClient client) {
        Values.requireSpan(since, until);
        JobFilter selected = jobs.filter(client);
        if (more != null) {
            for (Map.Entry<String, JsonNode> member :
                    Params.of("--filter", more, in).properties()) {
                selected = with(selected, member.getKey(), member.getValue());
            }
        }
        for (Map.Entry<String, String> given : given().entrySet()) {
            selected = selected.with(given.getKey(), given.getValue());
        }
        selected = since == null ? selected : selected.createdAfter(since);
        return until == null ? selected : selected.createdBefore(until);
    }

    private static JobFilter with(JobFilter filter, String name, JsonNode value) {
        JobFilter whole = filter;
        if (name.equals("params") && value.isObject()) {
            for (Map.Entry<String, JsonNode> param : value.properties()) {
                whole = whole.with("params." + param.getKey(), text(param.getValue()));
            }
            return whole;
        }
        return whole.with(name, text(value));
    }

    private Map<String, String> given() {
        Map<String, String> given = new LinkedHashMap<>();
        given.put("error", error);
        given.put("failure", failure);
        given.put("trace_id", trace);
        given.values().removeIf(Objects::isNull);
        return given;
    }

    /** A list as the values of one option. */
    private static String text(JsonNode value) {
        List<String> elements = value.valueStream().map(JsonNode::asText).toList();
        return value.isArray() ? String.join(",", elements) : value.asText();
    }
}
