package io.longhaul.api.http;

import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.StreamingOutput;
import jakarta.ws.rs.ext.WriterInterceptor;
import jakarta.ws.rs.ext.WriterInterceptorContext;
import java.io.IOException;

/**
 * Answers HEAD with the headers of GET: without streaming the content, which Jersey would drop, and without a length if
 * that is not known.
 */
public final class HeadFilter implements ContainerResponseFilter, WriterInterceptor {
    private static final String HEAD = HeadFilter.class.getName();

    /** Jersey says the length of what fits into its buffer of 8 KiB. */
    private static final int TOO_LONG_TO_COUNT = 16 << 10;

    private static final StreamingOutput UNREAD = out -> out.write(new byte[TOO_LONG_TO_COUNT]);

    @Context
    private HttpServletResponse servlet;

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        if (request.getMethod().equals(HttpMethod.HEAD)) {
            request.setProperty(HEAD, true);
            if (response.getEntity() instanceof StreamingOutput) {
                response.setEntity(UNREAD);
            }
        }
    }

    /** Jetty would say the length of what was sent, which is 0, unless the headers are sent before the end. */
    @Override
    public void aroundWriteTo(WriterInterceptorContext context) throws IOException {
        context.proceed();
        boolean isBegun = context.getProperty(HEAD) != null && servlet.getContentType() != null;
        if (isBegun && !servlet.containsHeader(HttpHeaders.CONTENT_LENGTH)) {
            servlet.flushBuffer();
        }
    }
}
