package io.longhaul.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.files.JobFile;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobStatus;
import io.longhaul.mcp.protocol.Json;
import io.longhaul.mcp.protocol.LonghaulNames;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.mcp.protocol.RpcError;
import io.longhaul.tools.spi.FailureKind;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Makes the answer of a call from its ended job. Plain calls, tasks and requests at other nodes all get theirs from here, so
 * they are the same.
 */
final class JobAnswer {
    /** Failures that a model can learn from: the tool failed, or the call asked for too much. */
    private static final Set<String> OF_TOOLS = EnumSet.of(
                    FailureKind.TOOL_ERROR,
                    FailureKind.INVALID_PARAMS,
                    FailureKind.RESULT_TOO_LARGE,
                    FailureKind.FILE_TOO_LARGE,
                    FailureKind.LIMIT_EXCEEDED)
            .stream()
            .map(Enum::name)
            .collect(Collectors.toSet());

    private static final Set<String> BLOCKS = Set.of("text", "image", "audio", "resource", "resource_link");

    private final Function<UUID, List<JobFile>> files;

    /** Takes the function that finds the files that a job left. */
    JobAnswer(Function<UUID, List<JobFile>> files) {
        this.files = files;
    }

    /** True if the job failed because of its tool or its arguments, and not because of the server. */
    static boolean isToolError(Job job) {
        return job.status() == JobStatus.FAILED && OF_TOOLS.contains(job.errorCode());
    }

    /**
     * The result of the call.
     *
     * @throws RpcError if there is no result: the job was cancelled, or failed because of the server
     */
    ObjectNode of(Job job) {
        ObjectNode result = isToolError(job) ? error(job.errorMessage()) : completed(job);
        Rpc.meta(result).put(LonghaulNames.JOB, job.id().toString());
        return result;
    }

    /** The error that {@link #of} throws for such a job. */
    static RpcError failure(Job job) {
        ObjectNode data = Rpc.object().put(ErrorTranslator.JOB, job.id().toString());
        if (job.status() == JobStatus.CANCELLED) {
            String why = job.endedByError() ? " " + job.errorMessage() : "";
            return new RpcError(RpcError.CANCELLED, "Job " + job.id() + " was cancelled." + why).withData(data);
        }
        data.put("error_code", job.errorCode()).put("attempts", job.attempt());
        return new RpcError(RpcError.INTERNAL_ERROR, String.valueOf(job.errorMessage())).withData(data);
    }

    /** The id of the job that an answer to a call is of; empty for other answers. */
    static Optional<String> job(ObjectNode message) {
        JsonNode named = message.path("result").path("_meta").path(LonghaulNames.JOB);
        JsonNode id =
                named.isTextual() ? named : message.path("error").path("data").path(ErrorTranslator.JOB);
        return Optional.ofNullable(id.textValue());
    }

    private ObjectNode completed(Job job) {
        if (job.status() != JobStatus.COMPLETED) {
            throw failure(job);
        }
        ObjectNode answer = Rpc.object();
        ArrayNode content = answer.putArray("content");
        JsonNode result = Json.parse(job.result());
        if (isContent(result)) {
            content.addAll((ArrayNode) result.get("content"));
        } else if (result.isTextual()) {
            addText(content, result.textValue());
        } else {
            addText(content, job.result());
            if (result.isObject()) {
                answer.set("structuredContent", result);
            }
        }
        files.apply(job.id()).forEach(file -> content.add(JobUri.link(job.id(), file)));
        return answer;
    }

    /** True if the result consists of content blocks of MCP, as tools of other MCP servers return them. They are passed on as they are. */
    private static boolean isContent(JsonNode result) {
        JsonNode blocks = result.path("content");
        if (result.size() != 1 || !blocks.isArray()) {
            return false;
        }
        for (JsonNode block : blocks) {
            if (!BLOCKS.contains(block.path("type").asText())) {
                return false;
            }
        }
        return true;
    }

    /** A result that tells the model that the call has failed. */
    static ObjectNode error(String message) {
        ObjectNode answer = Rpc.object();
        addText(answer.putArray("content"), String.valueOf(message));
        return answer.put("isError", true);
    }

    static void addText(ArrayNode content, String text) {
        content.addObject().put("type", "text").put("text", text);
    }
}
