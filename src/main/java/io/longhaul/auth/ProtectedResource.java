package io.longhaul.auth;

import jakarta.servlet.http.HttpServletRequest;

/** The addresses at which clients find the provider of tokens for the MCP server (RFC 9728), so that they need no configuration. */
public final class ProtectedResource {
    /** The resource that the metadata are about. */
    public static final String RESOURCE = "/mcp";

    /** Path of its metadata. */
    public static final String METADATA = "/.well-known/oauth-protected-resource" + RESOURCE;

    /** Path of the metadata for clients that do not know the path of the resource. */
    public static final String METADATA_OF_ALL = "/.well-known/oauth-protected-resource";

    private ProtectedResource() {}

    /**
     * An address of this server as its client sees it.
     *
     * @param publicUrl where it is reached from outside, or empty for where the request was sent
     * @param request of the client
     * @param path of the address
     * @return the whole address
     */
    public static String url(String publicUrl, HttpServletRequest request, String path) {
        String base = publicUrl.isEmpty() ? request.getScheme() + "://" + request.getHeader("Host") : publicUrl;
        return base.replaceAll("/+$", "") + path;
    }
}
