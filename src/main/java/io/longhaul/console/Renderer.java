package io.longhaul.console;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.Utf8ByteOutput;
import io.longhaul.auth.ProtectedResource;
import io.longhaul.readiness.Readiness;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Renders pages by templates that were compiled with this program. */
final class Renderer {
    static final String THEME = "theme";

    private static final Set<String> THEMES = Set.of("light", "dark");

    private final TemplateEngine templates = TemplateEngine.createPrecompiled(
            null, ContentType.Html, Renderer.class.getClassLoader(), "io.longhaul.console.templates");
    private final Assets assets;
    private final Readiness readiness;
    private final String version;
    private final String publicUrl;

    Renderer(Assets assets, Readiness readiness, String version, String publicUrl) {
        this.assets = assets;
        this.readiness = readiness;
        this.version = version;
        this.publicUrl = publicUrl;
    }

    /**
     * Writes the whole page or, if rendering fails, nothing.
     *
     * @param ignored what the page does not know of its address
     * @param bare without what surrounds its content, for a page that has it already
     */
    void render(Page page, HttpServletRequest request, boolean bare, List<String> ignored, OutputStream out)
            throws IOException {
        Utf8ByteOutput html = new Utf8ByteOutput();
        templates.render(
                page.template() + ".jte",
                Map.of("frame", frame(page, request, bare, ignored), "view", page.view()),
                html);
        html.writeTo(out);
    }

    private Frame frame(Page page, HttpServletRequest request, boolean bare, List<String> ignored) {
        Visitor visitor = Visitor.of(request);
        Frame.Look look = new Frame.Look(
                assets.folder(), cookie(request, THEME).filter(THEMES::contains).orElse(null), version, bare);
        return new Frame(
                page.title(),
                page.section(),
                visitor,
                look,
                here(request),
                ProtectedResource.url(publicUrl, request, ""),
                Troubles.of(readiness.current(), page, visitor, bare),
                ignored);
    }

    /** What is sent to an address that no page has leads to the first page. */
    private static String here(HttpServletRequest request) {
        if (request.getMethod().equals("POST") && !Paths.takesForms(request.getRequestURI())) {
            return Paths.ROOT;
        }
        String query = request.getQueryString();
        return Paths.inside(request.getRequestURI() + (query == null ? "" : "?" + query));
    }

    static Optional<String> cookie(HttpServletRequest request, String name) {
        Cookie[] all = request.getCookies();
        return all == null
                ? Optional.empty()
                : Arrays.stream(all)
                        .filter(cookie -> cookie.getName().equals(name))
                        .map(Cookie::getValue)
                        .findFirst();
    }
}
