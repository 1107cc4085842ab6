package io.longhaul.api.files;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.api.description.Operation;
import io.longhaul.api.description.Queries;
import io.longhaul.api.description.Reply;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.http.BoundedBody;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Header;
import io.longhaul.api.http.Ids;
import io.longhaul.api.http.JsonBodies;
import io.longhaul.api.http.Problem.FieldError;
import io.longhaul.api.http.QueryParameters;
import io.longhaul.api.http.RefusedException;
import io.longhaul.api.http.Times;
import io.longhaul.auth.Role;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.files.FileStore;
import io.longhaul.files.FileTooLargeException;
import io.longhaul.files.StoredFile;
import io.longhaul.tools.FileName;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;

/** Files for the params of jobs. */
@Path("/v1/files")
public final class FilesResource {
    /** Type and subtype (RFC 9110), with parameters that need no quotes. */
    private static final Pattern MEDIA_TYPE =
            Pattern.compile("[\\w!#$&^.+-]{1,100}/[\\w!#$&^.+-]{1,100}( ?; ?[\\w-]+=[\\w.+-]+){0,4}");

    private static final int LONGEST_MEDIA_TYPE = 255;
    private static final String BYTES = "application/octet-stream";

    /** The default of curl. Forms are not uploaded here, so it says nothing about the file. */
    private static final String FORM = "application/x-www-form-urlencoded";

    private final FileStore store;
    private final Transfers transfers;

    public FilesResource(FileStore store, Transfers transfers) {
        this.store = store;
        this.transfers = transfers;
    }

    /**
     * Uploads a file: the body is the file itself. Send its id as a param with {@code format: longhaul-file}. A file is kept as
     * long as its jobs; a file that no job uses is removed after a day ({@code files.keepUpload}).
     */
    @Operation(
            id = "uploadFile",
            tag = "Files",
            query = Queries.FileName.class,
            anyBody = true,
            replies = {
                @Reply(
                        status = 201,
                        means = "The file.",
                        body = FileRepresentation.class,
                        headers = {Header.LOCATION})
            },
            errors = {
                ErrorCode.REQUEST_TIMEOUT,
                ErrorCode.FILE_TOO_LARGE,
                ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                ErrorCode.OVERLOADED
            })
    @POST
    @RequiresRole(Role.SUBMIT)
    @Consumes(MediaType.WILDCARD)
    @Produces(MediaType.APPLICATION_JSON)
    public Response upload(InputStream body, @Context UriInfo uri, @Context HttpServletRequest request) {
        String name = name(uri);
        String mediaType = mediaType(request.getHeader(HttpHeaders.CONTENT_TYPE));
        long most = store.configuration().maxFileBytes();
        if (request.getContentLengthLong() > most) {
            throw tooLarge("The file is larger than the " + most + " bytes it may have.");
        }
        transfers.begin();
        try {
            StoredFile file = store.upload(
                    name,
                    mediaType,
                    BoundedBody.of(body, Long.MAX_VALUE, request),
                    Caller.of(request).name());
            return Response.created(URI.create("/v1/files/" + file.id()))
                    .entity(FileRepresentation.of(file))
                    .build();
        } catch (FileTooLargeException e) {
            throw tooLarge(e.getMessage());
        } catch (IOException e) {
            throw new RefusedException(JsonBodies.unreadable(e));
        } finally {
            transfers.end();
        }
    }

    /** Downloads a file that was uploaded or that a job produced. Files of others are not found. */
    @Operation(
            id = "downloadFile",
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
            errors = {ErrorCode.FILE_NOT_FOUND, ErrorCode.RANGE_NOT_SATISFIABLE, ErrorCode.OVERLOADED})
    @GET
    @RequiresRole(Role.READ)
    @Path("/{id}")
    @Produces(MediaType.WILDCARD)
    public Response download(@PathParam("id") String id, @Context HttpServletRequest request) {
        StoredFile file = Ids.parse(id)
                .flatMap(store::find)
                .filter(found -> sees(Caller.of(request), found))
                .orElseThrow(() -> new RefusedException(
                        ErrorCode.FILE_NOT_FOUND,
                        "File " + Ids.shown(id) + " not found, or no longer: upload it again."));
        return new Download(file.id(), file.name(), file.mediaType(), file.bytes(), file.sha256())
                .answer(request, store, transfers);
    }

    /** The owner of a job that uses the file may see it, too. */
    private boolean sees(Caller caller, StoredFile file) {
        return caller.seesAll()
                || !store.ofPrincipal(List.of(file.id()), caller.principal().name())
                        .isEmpty();
    }

    private static String name(UriInfo uri) {
        QueryParameters query = new QueryParameters(uri);
        String given = query.text("name");
        String name = given == null ? "file" : given;
        FileName.problem(name).ifPresent(problem -> query.wrong("name", problem));
        query.check();
        return name;
    }

    private static String mediaType(String contentType) {
        String type = contentType == null ? BYTES : contentType.strip();
        if (type.regionMatches(true, 0, "multipart/", 0, 10)) {
            throw new RefusedException(
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                    "Send the file itself as the body, not a form: curl --data-binary @file.",
                    null,
                    List.of(new FieldError("/Content-Type", "must be that of the file")));
        }
        return type.length() > LONGEST_MEDIA_TYPE
                        || !MEDIA_TYPE.matcher(type).matches()
                        || type.regionMatches(true, 0, FORM, 0, FORM.length())
                ? BYTES
                : type;
    }

    private static RefusedException tooLarge(String message) {
        return new RefusedException(ErrorCode.FILE_TOO_LARGE, message + " Send less, or raise files.maxFile.");
    }

    /**
     * A file.
     *
     * @param fileId id to send in params
     * @param name without a path
     * @param bytes its size
     * @param sha256 64 hexadecimal digits
     * @param mediaType media type that its uploader sent
     * @param createdAt start of its upload
     * @param expiresAt time at which it is removed if no job uses it
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record FileRepresentation(
            UUID fileId, String name, long bytes, String sha256, String mediaType, String createdAt, String expiresAt) {
        static FileRepresentation of(StoredFile file) {
            return new FileRepresentation(
                    file.id(),
                    file.name(),
                    file.bytes(),
                    file.sha256(),
                    file.mediaType(),
                    Times.iso(file.createdAt()),
                    Times.iso(file.expiresAt()));
        }
    }
}
