package io.longhaul.console;

import io.longhaul.api.errors.FailureTranslator;
import io.longhaul.api.http.Problem;
import io.longhaul.auth.Credential;
import io.longhaul.auth.Principal;
import io.longhaul.auth.SentKey;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Finds out who uses a browser, on a server that asks for keys. A session counts for pages, and for reading the API, as
 * the pages' own stream of events does; whoever changes something over the API sends a key.
 */
final class SessionFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;
    private static final Set<String> READING = Set.of("GET", "HEAD");

    private final transient Function<String, Optional<Principal>> sessions;
    private final boolean guests;
    private final transient Renderer renderer;
    private final transient FailureTranslator failures;

    /**
     * Makes the filter.
     *
     * @param sessions the person of a session, if it is one
     * @param guests whether pages are shown to people who have not signed in
     */
    SessionFilter(
            Function<String, Optional<Principal>> sessions,
            boolean guests,
            Renderer renderer,
            FailureTranslator failures) {
        this.sessions = sessions;
        this.guests = guests;
        this.renderer = renderer;
        this.failures = failures;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        boolean isPage = Paths.isPage(request.getRequestURI());
        if (SentKey.isIn(request)) {
            chain.doFilter(request, response);
        } else if (isPage) {
            page(request, response, chain);
        } else {
            if (READING.contains(request.getMethod())) {
                SessionCookie.session(request)
                        .flatMap(session -> quietly(session, request))
                        .ifPresent(principal -> principal.on(request));
            }
            chain.doFilter(request, response);
        }
    }

    /** The person of a session, which the request is then answered for no longer than the session counts. */
    private Optional<Principal> person(String session, HttpServletRequest request) {
        Optional<Principal> person = sessions.apply(session);
        person.ifPresent(known -> Credential.ofSession(session).on(request));
        return person;
    }

    /** The API answers as without a session, and says what is wrong with the database. */
    private Optional<Principal> quietly(String session, HttpServletRequest request) {
        try {
            return person(session, request);
        } catch (RuntimeException e) {
            return Optional.empty();
        }
    }

    private void page(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Optional<Principal> principal;
        try {
            principal = SessionCookie.session(request).flatMap(session -> person(session, request));
        } catch (RuntimeException e) {
            fail(request, response, e);
            return;
        }
        if (principal.isEmpty() && guests && READING.contains(request.getMethod())) {
            principal = Optional.of(Principal.GUEST);
        }
        if (principal.isPresent() || Paths.isOpen(request.getRequestURI())) {
            principal.orElse(Principal.NOBODY).on(request);
            chain.doFilter(request, response);
        } else {
            PageHeaders.ALL.forEach(response::setHeader);
            response.setHeader("Cache-Control", PageHeaders.UNCACHED);
            response.setHeader("Location", signIn(request));
            response.setStatus(HttpServletResponse.SC_SEE_OTHER);
        }
    }

    private static String signIn(HttpServletRequest request) {
        String query = request.getQueryString() == null ? "" : "?" + request.getQueryString();
        String to = READING.contains(request.getMethod()) ? Paths.inside(request.getRequestURI() + query) : Paths.ROOT;
        return Paths.signIn(to);
    }

    /** Without the database nobody can be known. Whoever asks for a page sees why in a page. */
    private void fail(HttpServletRequest request, HttpServletResponse response, RuntimeException failure)
            throws IOException {
        Principal.NOBODY.on(request);
        Problem problem = Problem.of(failures.refusal(failure, request), request);
        PageHeaders.ALL.forEach(response::setHeader);
        response.setHeader("Cache-Control", PageHeaders.UNCACHED);
        response.setStatus(problem.status());
        response.setContentType(PageHeaders.HTML.toString());
        renderer.render(ErrorPage.of(problem, request), request, false, List.of(), response.getOutputStream());
    }
}
