package io.longhaul.api.operations;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.api.description.Requests;
import io.longhaul.api.http.Fields;
import io.longhaul.api.http.Problem.FieldError;
import io.longhaul.api.http.QueryParameters;
import io.longhaul.api.http.Refusal;
import io.longhaul.api.http.Suggestion;
import io.longhaul.api.jobs.JobListQuery;
import io.longhaul.api.jobs.ParamNames;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.sql.JobFilter;
import io.longhaul.operations.BulkOperation.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Reads requests for operations. The filter is read as that of the list of jobs. */
final class OperationReader {
    private static final String FILTER = "filter";
    private static final String STATUS = "status";
    private static final String PARAMS = "params";

    private OperationReader() {}

    /**
     * A correct request.
     *
     * @param kind what to do
     * @param filter to which jobs
     * @param dryRun whether only to count them
     */
    record Read(Kind kind, JobFilter filter, boolean dryRun) {}

    static Read read(ObjectNode body) {
        Fields fields = new Fields(body);
        fields.onlyKnown(Requests.OperationRequest.class);
        String label = fields.requiredText("kind");
        Kind kind = "retry".equals(label) ? Kind.RETRY : Kind.CANCEL;
        if (label != null && !label.equals(kind.label())) {
            fields.wrong("kind", Suggestion.oneOf(label, List.of("cancel", "retry")));
        }
        boolean all = fields.bool("all", false);
        boolean dryRun = fields.bool("dry_run", false);
        ObjectNode asked = object(body.get(FILTER), fields);
        Fields members = new Fields(asked, "/" + FILTER);
        members.onlyKnown(Requests.OperationFilter.class);
        QueryParameters query = new QueryParameters(values(asked, members), "/" + FILTER);
        JobFilter filter = JobListQuery.forAll(query, usual(kind));
        if (!possible(kind).containsAll(filter.statuses())) {
            query.wrong(STATUS, "can only be " + labels(possible(kind)) + " for the kind " + kind.label());
        }
        // A wrong filter has an error of its own.
        boolean isWrong = !members.errors().isEmpty() || !query.errors().isEmpty();
        if (!filter.isNarrow() && !all && !isWrong) {
            fields.wrong("all", "must be true to change jobs without any filter but status");
        }
        List<FieldError> errors = new ArrayList<>(fields.errors());
        errors.addAll(members.errors());
        query.errors().forEach(error -> errors.add(ofMember(error)));
        Refusal.ifAny(errors, null);
        return new Read(kind, filter, dryRun);
    }

    /** The query has {@code params.NAME} where the body has a member of {@code params}. */
    private static FieldError ofMember(FieldError error) {
        String ofQuery = "/" + FILTER + "/" + ParamNames.PREFIX;
        return error.pointer().startsWith(ofQuery)
                ? new FieldError(
                        "/" + FILTER + "/" + inParams(error.pointer().substring(ofQuery.length())), error.message())
                : error;
    }

    private static String inParams(String name) {
        return PARAMS + "/" + name.replace("~", "~0").replace("/", "~1");
    }

    private static ObjectNode object(JsonNode value, Fields fields) {
        if (value instanceof ObjectNode object) {
            return object;
        }
        if (value != null && !value.isNull()) {
            fields.wrong(FILTER, "must be an object, such as {\"tool\": \"NAME\"}");
        }
        return JsonNodeFactory.instance.objectNode();
    }

    /** The members as the query of a list has them. */
    private static Map<String, List<String>> values(ObjectNode filter, Fields members) {
        Map<String, List<String>> values = new LinkedHashMap<>();
        filter.properties().forEach(member -> {
            JsonNode value = member.getValue();
            if (value.isArray() && member.getKey().equals(STATUS)) {
                List<String> statuses = new ArrayList<>();
                value.forEach(one -> statuses.add(text(STATUS, one, members)));
                values.put(STATUS, statuses);
            } else if (member.getKey().equals(PARAMS)) {
                values.putAll(params(value, members));
            } else if (!value.isNull()) {
                values.put(member.getKey(), List.of(text(member.getKey(), value, members)));
            }
        });
        return values;
    }

    private static Map<String, List<String>> params(JsonNode value, Fields members) {
        Map<String, List<String>> values = new LinkedHashMap<>();
        if (!value.isObject() && !value.isNull()) {
            members.wrong(PARAMS, "must be an object, such as {\"model\": \"small\"}");
        }
        value.properties().forEach(one -> {
            JsonNode wanted = one.getValue();
            boolean isText = wanted.isTextual() && !wanted.textValue().isEmpty();
            if (isText || wanted.isNumber() || wanted.isBoolean()) {
                values.put(ParamNames.PREFIX + one.getKey(), List.of(wanted.asText()));
            } else {
                members.wrong(inParams(one.getKey()), "must be text that is not empty, a number, true or false");
            }
        });
        return values;
    }

    private static String text(String name, JsonNode value, Fields members) {
        boolean isFlag = name.equals("waiting_for_input");
        if (isFlag
                ? !value.isBoolean()
                : !value.isTextual() || value.textValue().isEmpty()) {
            members.wrong(name, isFlag ? "must be true or false" : "must be text, and not empty");
            return "";
        }
        return value.asText();
    }

    private static List<JobStatus> usual(Kind kind) {
        return kind == Kind.RETRY ? List.of(JobStatus.FAILED) : possible(kind);
    }

    private static List<JobStatus> possible(Kind kind) {
        return switch (kind) {
            case CANCEL -> List.of(JobStatus.PENDING, JobStatus.RUNNING);
            case RETRY -> List.of(JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED);
        };
    }

    private static String labels(List<JobStatus> statuses) {
        return statuses.stream().map(JobStatus::label).collect(Collectors.joining(", "));
    }
}
