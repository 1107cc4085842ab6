package io.longhaul.mcp;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.auth.Role;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.files.FileStore;
import io.longhaul.files.JobFile;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.sql.JobQueries.LogLine;
import io.longhaul.mcp.protocol.Json;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.mcp.protocol.RpcError;
import io.longhaul.mcp.protocol.RpcMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The resources that clients may read: jobs with their results, logs and files, and those of the configuration. */
final class Resources {
    private static final String JSON_TYPE = "application/json";
    private static final int PAGE = 50;

    /** Size limit of a file, as of other content for models. */
    private static final long MOST_BYTES = 4 << 20;

    private static final int MOST_LINES = 1000;

    private final JobAccess jobs;
    private final FileStore files;
    private final List<PublishedResource> published;
    private final boolean hasCard;

    /** With what the configuration publishes, and with or without the job card. */
    Resources(JobAccess jobs, FileStore files, List<PublishedResource> published, boolean hasCard) {
        this.jobs = jobs;
        this.files = files;
        this.published = published;
        this.hasCard = hasCard;
    }

    /** The empty list of prompts: some clients ask for prompts although this server does not offer any. */
    static ObjectNode noPrompts() {
        ObjectNode result = Rpc.object();
        result.putArray("prompts");
        return result;
    }

    /** Lists the resources of the configuration, the job card, and then the jobs, the newest first. */
    ObjectNode list(RpcMessage message, Caller caller) {
        caller.require(Role.READ);
        ObjectNode result = Rpc.object();
        ArrayNode list = result.putArray("resources");
        if (!message.params().path("cursor").isTextual()) {
            published.stream().filter(one -> !one.isTemplate()).forEach(one -> list.add(one.json()));
            if (hasCard) {
                list.add(JobCard.described());
            }
        }
        JobPage page = JobPage.of(message, jobs, caller, PAGE);
        page.jobs().forEach(job -> list.add(described(job)));
        return page.addCursor(result);
    }

    private static ObjectNode described(Job job) {
        return Rpc.object()
                .put("uri", JobUri.of(job.id()))
                .put("name", job.tool() + " " + job.id())
                .put("title", "Job of " + job.tool() + ", " + job.status().label())
                .put("description", "A job of the tool " + job.tool() + ".")
                .put("mimeType", JSON_TYPE);
    }

    ObjectNode templates(Caller caller) {
        caller.require(Role.READ);
        ObjectNode result = Rpc.object();
        ArrayNode list = result.putArray("resourceTemplates");
        list.add(template("", "Job", "How a job stands.", JSON_TYPE));
        list.add(template("/result", "Result of a job", "What a completed job came to.", JSON_TYPE));
        list.add(template("/log", "Log of a job", "What the tool of a job has logged.", "text/plain"));
        list.add(template("/files/{+name}", "File of a job", "A file that a completed job left.", null));
        published.stream().filter(PublishedResource::isTemplate).forEach(one -> list.add(one.json()));
        return result;
    }

    private static ObjectNode template(String part, String name, String description, String mimeType) {
        ObjectNode template = Rpc.object()
                .put("uriTemplate", "longhaul://jobs/{id}" + part)
                .put("name", name)
                .put("description", description);
        return mimeType == null ? template : template.put("mimeType", mimeType);
    }

    /**
     * The address that a request names. All that name one read it here.
     *
     * @throws RpcError if it is none that could be
     */
    static String uri(RpcMessage message) {
        return StorableText.of("uri", message.text("uri"));
    }

    /** Refuses a URI that does not exist or that the caller may not see. */
    void requireKnown(String uri, Caller caller) {
        if (watched(uri, caller).isEmpty()
                && !isCard(uri)
                && published.stream()
                        .noneMatch(one -> one.uri().equals(uri) || one.read(uri).isPresent())) {
            throw unknown(uri);
        }
    }

    /** The parsed URI of a job, if the caller may see that job. */
    Optional<JobUri> watched(String uri, Caller caller) {
        return JobUri.parse(uri)
                .filter(address -> jobs.find(address.job()).filter(caller::sees).isPresent());
    }

    ObjectNode read(String uri, Caller caller) {
        caller.require(Role.READ);
        ObjectNode content = isCard(uri) ? JobCard.content() : other(uri, caller);
        ObjectNode result = Rpc.object();
        result.putArray("contents").add(content);
        return result;
    }

    private boolean isCard(String uri) {
        return hasCard && uri.equals(JobCard.URI);
    }

    private ObjectNode other(String uri, Caller caller) {
        return JobUri.parse(uri)
                .map(address -> read(address, uri, caller))
                .or(() -> published.stream()
                        .flatMap(one -> one.read(uri).stream())
                        .findFirst())
                .orElseThrow(() -> unknown(uri));
    }

    private static RpcError unknown(String uri) {
        return new RpcError(RpcError.INVALID_PARAMS, "Resource not found.")
                .withData(Rpc.object().put("uri", uri));
    }

    private ObjectNode read(JobUri address, String uri, Caller caller) {
        Job job = jobs.find(address.job()).filter(caller::sees).orElseThrow(() -> unknown(uri));
        return switch (address.part()) {
            case STATE -> Content.of(uri, JSON_TYPE, Json.sorted(JobSummary.of(job, files.outputs(job.id()))));
            case RESULT -> Content.of(uri, JSON_TYPE, result(job));
            case LOG -> Content.of(uri, "text/plain", log(job.id()));
            case FILE -> file(job.id(), address.file(), uri);
        };
    }

    private static String result(Job job) {
        if (job.status() != JobStatus.COMPLETED) {
            throw new RpcError(
                    RpcError.INVALID_PARAMS,
                    "Job " + job.id() + " has no result: it is " + job.status().label() + ". " + JobUri.of(job.id())
                            + " says more.");
        }
        return job.result();
    }

    /** The log, or its beginning if it is too long for a model. */
    private String log(UUID job) {
        List<LogLine> lines = jobs.queries().logs(job, 0, MOST_LINES + 1);
        StringBuilder text = new StringBuilder();
        lines.stream()
                .limit(MOST_LINES)
                .forEach(line -> text.append(line.line()).append('\n'));
        if (lines.size() > MOST_LINES) {
            text.append("(There is more: GET /v1/jobs/")
                    .append(job)
                    .append("/logs?after=")
                    .append(lines.get(MOST_LINES - 1).lineNo())
                    .append(")\n");
        }
        return text.toString();
    }

    private ObjectNode file(UUID job, String path, String uri) {
        JobFile file = files.output(job, path).orElseThrow(() -> unknown(uri));
        if (file.bytes() > MOST_BYTES) {
            throw new RpcError(
                    RpcError.INTERNAL_ERROR,
                    "The file has " + file.bytes() + " bytes, more than are shown here: GET /v1/files/" + file.id()
                            + " downloads it.");
        }
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream((int) file.bytes());
            files.copy(file.id(), 0, file.bytes(), bytes);
            return Content.of(uri, file.mediaType(), bytes.toByteArray());
        } catch (IOException e) {
            throw unknown(uri);
        }
    }
}
