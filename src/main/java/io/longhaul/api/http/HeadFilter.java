package io.longhaul.api.http;

import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.StreamingOutput;

/** Answers HEAD without streaming the content, which Jersey would drop. */
public final class HeadFilter implements ContainerResponseFilter {
    private static final StreamingOutput NOTHING = out -> {};

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        if (request.getMethod().equals(HttpMethod.HEAD) && response.getEntity() instanceof StreamingOutput) {
            response.setEntity(NOTHING);
        }
    }
}
