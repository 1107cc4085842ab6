package io.longhaul.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.mcp.protocol.Protocol;
import io.longhaul.mcp.protocol.Rpc;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * The page that hosts show beside a call: how its job stands, its log, its result, and a button that cancels it. It is the
 * same for all jobs, and loads nothing from anywhere; what it shows comes through its host from {@link JobCardTools}.
 */
final class JobCard {
    /** Its address. */
    static final String URI = "ui://longhaul/job-card";

    private static final String MIME_TYPE = "text/html;profile=mcp-app";
    private static final String PAGE = secured(read());

    private JobCard() {}

    /** Its entry in a list of resources. */
    static ObjectNode described() {
        return withPolicy(Rpc.object()
                .put("uri", URI)
                .put("name", "job-card")
                .put("title", "Job card")
                .put(
                        "description",
                        "Shows how the job of a call stands, its log and its result. For hosts of MCP Apps.")
                .put("mimeType", MIME_TYPE));
    }

    /** Its content. */
    static ObjectNode content() {
        return withPolicy(Content.of(URI, MIME_TYPE, PAGE));
    }

    /** It names no host that it would load something from, so none is allowed. */
    private static ObjectNode withPolicy(ObjectNode resource) {
        ObjectNode ui = Rpc.meta(resource).putObject(Protocol.META_UI);
        ui.putObject("csp");
        ui.put("prefersBorder", true);
        return resource;
    }

    /** Makes hosts show it beside the calls of a tool. */
    static void addTo(ObjectNode tool) {
        Rpc.meta(tool).putObject(Protocol.META_UI).put("resourceUri", URI);
    }

    private static String read() {
        try (InputStream page = JobCard.class.getResourceAsStream("/mcp/job-card.html")) {
            return new String(page.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Allows the script and the style sheet of the page by their hashes, and no others. */
    private static String secured(String page) {
        return page.replace("'SCRIPT'", hash(page, "script")).replace("'STYLE'", hash(page, "style"));
    }

    private static String hash(String page, String element) {
        String text = page.substring(
                page.indexOf("<" + element + ">") + element.length() + 2, page.indexOf("</" + element + ">"));
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
