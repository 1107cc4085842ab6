package io.longhaul.console;

import jakarta.annotation.Priority;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPOutputStream;

/**
 * Answers pages that read themselves again with what was made a moment ago for another one, without asking the database.
 * Runs after the check of roles.
 */
@Priority(Priorities.USER)
final class LiveReads implements ContainerRequestFilter {
    private static final Duration LONGEST = Duration.ofSeconds(10);

    /** Each has some ten kilobytes. */
    private static final int MOST = 200;

    private final Map<LiveRead.Key, Made> made = new ConcurrentHashMap<>();

    @Context
    private HttpServletRequest http;

    /** A content, packed once for all, and the time (by {@link System#nanoTime}) at which its making began. */
    private record Made(byte[] packed, long since) {
        boolean isYoungerThan(Duration age) {
            return System.nanoTime() - since < age.toNanos();
        }
    }

    /** A read that has begun. */
    private record Begun(LiveRead read, long since) {}

    @Override
    public void filter(ContainerRequestContext request) {
        Optional<LiveRead> read = Paths.isPage(http.getRequestURI()) ? LiveRead.of(http) : Optional.empty();
        read.ifPresent(live -> {
            request.setProperty(LiveReads.class.getName(), new Begun(live, System.nanoTime()));
            if (!live.oldest().isZero() && takesPacked(request.getHeaders())) {
                find(live).ifPresent(found -> request.abortWith(answer(found)));
            }
        });
    }

    private Optional<Made> find(LiveRead read) {
        return Optional.ofNullable(made.get(read.shared()))
                .or(() -> Optional.ofNullable(made.get(read.own())))
                .filter(found -> found.isYoungerThan(read.oldest()));
    }

    private static boolean takesPacked(MultivaluedMap<String, String> headers) {
        String codings = headers.getFirst(HttpHeaders.ACCEPT_ENCODING);
        return codings != null && codings.contains("gzip");
    }

    private static Response answer(Made found) {
        return Response.ok(found.packed(), PageHeaders.HTML)
                .header(HttpHeaders.CONTENT_ENCODING, "gzip")
                .header(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING)
                .build();
    }

    /** True if a page reads itself again. */
    static boolean isOne(ContainerRequestContext request) {
        return request.getProperty(LiveReads.class.getName()) != null;
    }

    /** Keeps what was made for one page, if others may take it. */
    void keep(ContainerRequestContext request, Page page, byte[] html) {
        Begun begun = (Begun) request.getProperty(LiveReads.class.getName());
        LiveRead read = begun.read();
        if (read.oldest().isZero()) {
            return;
        }
        made.values().removeIf(old -> !old.isYoungerThan(LONGEST));
        if (made.size() < MOST) {
            made.put(page.view() instanceof SharedView ? read.shared() : read.own(), new Made(packed(html), begun.since()));
        }
    }

    private static byte[] packed(byte[] html) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(html);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
