package io.longhaul.console;

import io.longhaul.api.http.Problem;
import jakarta.annotation.Priority;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.util.List;

/**
 * Renders the pages that resources return, shows problems as pages, and gives all answers of the console their headers.
 * Rendering is done before anything is sent, so a page that cannot be rendered becomes a problem.
 */
@Priority(Priorities.HEADER_DECORATOR)
final class PageFilter implements ContainerResponseFilter {
    private static final Annotation[] NONE = {};
    private static final int OK = 200;

    private final Renderer renderer;
    private final LiveReads live;

    @Context
    private HttpServletRequest http;

    @Context
    private ResourceInfo endpoint;

    PageFilter(Renderer renderer, LiveReads live) {
        this.renderer = renderer;
        this.live = live;
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) throws IOException {
        if (!Paths.isPage(http.getRequestURI())) {
            return;
        }
        boolean isLive = LiveReads.isOne(http);
        if (response.getEntity() instanceof Problem problem) {
            response.setEntity(rendered(ErrorPage.of(problem, http), isLive, List.of()), NONE, PageHeaders.HTML);
        } else if (response.getEntity() instanceof Page page) {
            byte[] html = rendered(page, isLive, IgnoredQuery.of(endpoint, request.getUriInfo()));
            if (isLive && response.getStatus() == OK) {
                live.keep(http, page, html);
            }
            response.setEntity(html, NONE, PageHeaders.HTML);
        }
        PageHeaders.ALL.forEach(response.getHeaders()::putSingle);
        if (isLive) {
            response.getHeaders().putSingle(HttpHeaders.CACHE_CONTROL, PageHeaders.UNSTORED);
        } else if (!response.getHeaders().containsKey(HttpHeaders.CACHE_CONTROL)) {
            response.getHeaders().putSingle(HttpHeaders.CACHE_CONTROL, PageHeaders.UNCACHED);
        }
    }

    private byte[] rendered(Page page, boolean isLive, List<String> ignored) throws IOException {
        ByteArrayOutputStream html = new ByteArrayOutputStream();
        renderer.render(page, http, isLive, ignored, html);
        return html.toByteArray();
    }
}
