package io.longhaul.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.auth.ProtectedResource;
import io.longhaul.mcp.protocol.Json;
import io.longhaul.mcp.protocol.Rpc;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Publishes the provider whose tokens {@code /mcp} accepts (RFC 9728). */
final class MetadataServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final String publicUrl;
    private final String issuer;

    MetadataServlet(String publicUrl, String issuer) {
        this.publicUrl = publicUrl;
        this.issuer = issuer;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        ObjectNode metadata = Rpc.object()
                .put("resource", ProtectedResource.url(publicUrl, request, ProtectedResource.RESOURCE))
                .put("resource_name", "Longhaul");
        metadata.putArray("authorization_servers").add(issuer);
        metadata.putArray("bearer_methods_supported").add("header");
        response.setContentType("application/json");
        response.setHeader("Access-Control-Allow-Origin", "*");
        response.getOutputStream().write(Json.bytes(metadata));
    }
}
