package io.longhaul.api.files;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.api.description.Operation;
import io.longhaul.api.description.Reply;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Header;
import io.longhaul.api.http.Ids;
import io.longhaul.api.http.RefusedException;
import io.longhaul.api.jobs.JobResource;
import io.longhaul.auth.Role;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.files.FileStore;
import io.longhaul.files.JobFile;
import io.longhaul.jobs.sql.JobQueries;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.UUID;

/** The files of one job. They are kept as long as the job, and every node has them. */
@Path("/v1/jobs/{id}/files")
public final class JobFilesResource {
    private final JobQueries queries;
    private final FileStore store;
    private final Transfers transfers;

    public JobFilesResource(JobQueries queries, FileStore store, Transfers transfers) {
        this.queries = queries;
        this.store = store;
        this.transfers = transfers;
    }

    /**
     * Lists the files of a job: those that its tool wrote to the output folder, once the job is completed, and the uploaded
     * files in its params.
     */
    @Operation(
            id = "listJobFiles",
            tag = "Files",
            replies = {@Reply(means = "The files.", body = JobFiles.class)},
            errors = {ErrorCode.JOB_NOT_FOUND})
    @GET
    @RequiresRole(Role.READ)
    @Produces(MediaType.APPLICATION_JSON)
    public Object list(@PathParam("id") String id, @Context HttpServletRequest request) {
        UUID job = find(id, request);
        return JobFiles.of(job, store.outputs(job), store.inputs(job));
    }

    /**
     * Downloads a file that a job produced.
     *
     * @param name the file's path, as in the list
     */
    @Operation(
            id = "downloadJobFile",
            tag = "Files",
            headers = {Header.IF_NONE_MATCH, Header.RANGE, Header.IF_RANGE},
            replies = {
                @Reply(
                        means = "The file.",
                        type = "*/*",
                        open = true,
                        headers = {Header.ETAG, Header.CACHE_CONTROL, Header.ACCEPT_RANGES, Header.CONTENT_DISPOSITION
                        }),
                @Reply(
                        status = 206,
                        means = "The range of it.",
                        type = "*/*",
                        open = true,
                        headers = {
                            Header.ETAG,
                            Header.CACHE_CONTROL,
                            Header.ACCEPT_RANGES,
                            Header.CONTENT_DISPOSITION,
                            Header.CONTENT_RANGE
                        }),
                @Reply(
                        status = 304,
                        means = "The client has it.",
                        headers = {Header.ETAG})
            },
            errors = {
                ErrorCode.JOB_NOT_FOUND,
                ErrorCode.FILE_NOT_FOUND,
                ErrorCode.RANGE_NOT_SATISFIABLE,
                ErrorCode.OVERLOADED
            })
    @GET
    @RequiresRole(Role.READ)
    @Path("/{name: .+}")
    @Produces(MediaType.WILDCARD)
    public Response download(
            @PathParam("id") String id, @PathParam("name") String name, @Context HttpServletRequest request) {
        UUID job = find(id, request);
        JobFile file = store.output(job, name)
                .orElseThrow(() -> new RefusedException(
                        ErrorCode.FILE_NOT_FOUND,
                        "Job " + job + " has no file " + Ids.shown(name) + ": GET /v1/jobs/" + job
                                + "/files lists those it has."));
        return new Download(file.id(), file.name(), file.mediaType(), file.bytes(), file.sha256())
                .answer(request, store, transfers);
    }

    /** For callers who see all jobs it is enough that the job exists. */
    private UUID find(String id, HttpServletRequest request) {
        return Caller.of(request).seesAll()
                ? Ids.parse(id).filter(queries::exists).orElseThrow(() -> JobResource.notFound(id))
                : JobResource.find(queries, id, request).id();
    }

    /**
     * The files of a job.
     *
     * @param jobId the job
     * @param files files that the job produced, sorted by name; empty until it is completed
     * @param inputs uploaded files in its params
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record JobFiles(UUID jobId, List<Output> files, List<Input> inputs) {
        static JobFiles of(UUID job, List<JobFile> outputs, List<JobFile> inputs) {
            return new JobFiles(
                    job,
                    outputs.stream().map(Output::of).toList(),
                    inputs.stream().map(Input::of).toList());
        }

        /**
         * A file that the job produced.
         *
         * @param name its path, such as {@code plots/a.png}
         * @param fileId its id
         * @param bytes its size
         * @param sha256 64 hexadecimal digits
         * @param mediaType media type, guessed from its name
         */
        @JsonNaming(SnakeCaseStrategy.class)
        record Output(String name, UUID fileId, long bytes, String sha256, String mediaType) {
            static Output of(JobFile file) {
                return new Output(file.place(), file.id(), file.bytes(), file.sha256(), file.mediaType());
            }
        }

        /**
         * An uploaded file in the params.
         *
         * @param param JSON Pointer to the param
         * @param name name of the upload
         * @param fileId its id
         * @param bytes its size
         * @param sha256 64 hexadecimal digits
         * @param mediaType media type that its uploader sent
         */
        @JsonNaming(SnakeCaseStrategy.class)
        record Input(String param, String name, UUID fileId, long bytes, String sha256, String mediaType) {
            static Input of(JobFile file) {
                return new Input(file.place(), file.name(), file.id(), file.bytes(), file.sha256(), file.mediaType());
            }
        }
    }
}
