package io.longhaul.console;

import io.longhaul.api.description.NoAuthentication;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Style sheets, scripts and icons. Their address holds a hash over all of them, so browsers may keep them for ever.
 */
@Path(Paths.ROOT + "/assets/{hash}/{name}")
public final class Assets {
    private static final String IMMUTABLE = "public, max-age=31536000, immutable";
    private static final List<String> NAMES = List.of(
            "console.css",
            "console.js",
            "live.js",
            "kept.js",
            "keys.js",
            "forms.js",
            "search.js",
            "icons.svg",
            "favicon.svg");
    private static final Map<String, String> TYPES =
            Map.of("css", "text/css;charset=utf-8", "js", "text/javascript;charset=utf-8", "svg", "image/svg+xml");

    private final Map<String, byte[]> files = new TreeMap<>();
    private final String hash;

    Assets() {
        NAMES.forEach(name -> files.put(name, packed(name)));
        hash = hash();
    }

    /** The address of the folder that holds them. */
    String folder() {
        return Paths.ASSETS + hash + "/";
    }

    /** Gives one of them. An older hash gives the present file: a page of the release before may ask this node. */
    @GET
    @NoAuthentication
    public Response get(@PathParam("hash") String asked, @PathParam("name") String name) {
        byte[] file = files.get(name);
        if (file == null) {
            throw new NotFoundException();
        }
        return Response.ok(file, TYPES.get(name.substring(name.indexOf('.') + 1)))
                .header(HttpHeaders.CACHE_CONTROL, asked.equals(hash) ? IMMUTABLE : PageHeaders.UNCACHED)
                .build();
    }

    private static byte[] packed(String name) {
        try (InputStream in = Assets.class.getResourceAsStream("/console/" + name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String hash() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            files.values().forEach(digest::update);
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
