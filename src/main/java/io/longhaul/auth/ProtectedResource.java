package io.longhaul.auth;

import jakarta.servlet.http.HttpServletRequest;

/** Where clients learn whose tokens the MCP server takes (RFC 9728), so that they can get one without being configured. */
public final class ProtectedResource {
    /** The resource that the metadata are about. */
    public static final String RESOURCE = "/mcp";

    /** Where its metadata are. */
    public static final String METADATA = "/.well-known/oauth-protected-resource" + RESOURCE;

    /** Where clients look that do not know of the resource's path. */
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
