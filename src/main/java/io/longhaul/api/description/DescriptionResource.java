package io.longhaul.api.description;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.longhaul.api.http.Header;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** The API's description, as OpenAPI 3.1 and as a page for people. Each form is made on its first request. */
@Path("/")
public final class DescriptionResource {
    private static final String HTML = "text/html;charset=utf-8";
    private static final String YAML = "application/yaml";

    /** The page has no scripts, and loads nothing from elsewhere. */
    private static final String POLICY =
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final AtomicReference<byte[]> json = new AtomicReference<>();
    private final AtomicReference<byte[]> yaml = new AtomicReference<>();
    private final AtomicReference<byte[]> page = new AtomicReference<>();

    /** Gives the description as JSON. */
    @Operation(
            id = "getOpenApi",
            tag = "Description",
            replies = {@Reply(means = "The OpenAPI document.", headers = Header.CACHE_CONTROL, open = true)})
    @GET
    @NoAuthentication
    @Path("/openapi.json")
    @Produces(MediaType.APPLICATION_JSON)
    public Response json() {
        return answer(once(json, DescriptionResource::packed), MediaType.APPLICATION_JSON);
    }

    /** Gives the description as YAML. */
    @Operation(
            id = "getOpenApiYaml",
            tag = "Description",
            replies = {@Reply(means = "The OpenAPI document.", headers = Header.CACHE_CONTROL, type = YAML, open = true)
            })
    @GET
    @NoAuthentication
    @Path("/openapi.yaml")
    @Produces(YAML)
    public Response yaml() {
        return answer(once(yaml, DescriptionResource::asYaml), YAML);
    }

    /** Shows the description to people. */
    @Operation(
            id = "showReference",
            tag = "Description",
            replies = {@Reply(means = "The page.", headers = Header.CACHE_CONTROL, type = "text/html", open = true)})
    @GET
    @NoAuthentication
    @Path("/docs")
    @Produces(HTML)
    public Response page() {
        return Response.fromResponse(answer(once(page, DescriptionResource::asPage), HTML))
                .header("Content-Security-Policy", POLICY)
                .header("X-Content-Type-Options", "nosniff")
                .build();
    }

    private static Response answer(byte[] bytes, String type) {
        return Response.ok(bytes, type)
                .header(HttpHeaders.CACHE_CONTROL, "no-cache")
                .build();
    }

    /** Two first requests may both make it, with the same result. */
    private static byte[] once(AtomicReference<byte[]> made, Supplier<byte[]> making) {
        byte[] known = made.get();
        if (known == null) {
            known = making.get();
            made.set(known);
        }
        return known;
    }

    private static byte[] packed() {
        try (InputStream in = DescriptionResource.class.getResourceAsStream("/openapi.json")) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonNode tree() {
        try {
            return new ObjectMapper().readTree(packed());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] asYaml() {
        try {
            return YAMLMapper.builder()
                    .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                    .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                    .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                    .build()
                    .writeValueAsBytes(tree());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] asPage() {
        return ReferencePage.of(tree()).getBytes(StandardCharsets.UTF_8);
    }
}
