package io.longhaul.console.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.api.description.AnyQuery;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.jobs.JobResource;
import io.longhaul.auth.Role;
import io.longhaul.console.Paths;
import io.longhaul.console.forms.SchemaForm;
import io.longhaul.jobs.sql.JobQueries;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Images that results hold as data URIs: in the page itself, or at an address of their own where a result is large. */
@Path(Paths.JOBS + "/{id}/result/image")
public final class ResultImages {
    private static final int MOST = 10;

    /** Kinds that cannot hold a script. */
    private static final Pattern IMAGE =
            Pattern.compile("data:(image/(?:png|jpeg|gif|webp));base64,([A-Za-z0-9+/]++={0,2})");

    private final JobQueries queries;

    public ResultImages(JobQueries queries) {
        this.queries = queries;
    }

    /**
     * Images of a result: itself, or its members.
     *
     * @param json the whole result
     * @param path of the page of the job, if the images are to be read from there; null to have them in the page
     */
    static List<ResultView.Image> of(String json, String path) {
        if (!json.contains("data:image/")) {
            return List.of();
        }
        JsonNode result = SchemaForm.parsed(json);
        List<ResultView.Image> images = new ArrayList<>();
        if (isImage(result)) {
            images.add(new ResultView.Image("", path == null ? result.asText() : path + "/result/image"));
        }
        result.properties().forEach(member -> {
            if (images.size() < MOST && isImage(member.getValue())) {
                images.add(new ResultView.Image(
                        member.getKey(), path == null ? member.getValue().asText() : address(path, member.getKey())));
            }
        });
        return images;
    }

    private static String address(String path, String member) {
        return path + "/result/image?member="
                + URLEncoder.encode(member, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static boolean isImage(JsonNode value) {
        return value.isTextual() && IMAGE.matcher(value.asText()).matches();
    }

    /**
     * The image that a result is, or that one of its members is.
     *
     * @param member its name; null for the whole result
     */
    @GET
    @RequiresRole(Role.READ)
    @AnyQuery("member")
    public Response show(
            @PathParam("id") String id, @QueryParam("member") String member, @Context HttpServletRequest request) {
        String json = JobResource.find(queries, id, request).result();
        JsonNode result = SchemaForm.parsed(json == null ? "null" : json);
        Matcher image = IMAGE.matcher((member == null ? result : result.path(member)).asText());
        if (!image.matches()) {
            throw new NotFoundException();
        }
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(image.group(2));
        } catch (IllegalArgumentException e) {
            throw new NotFoundException("This is no base64.", e);
        }
        return Response.ok(bytes, image.group(1)).build();
    }
}
