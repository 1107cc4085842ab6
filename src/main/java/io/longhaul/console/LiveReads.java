package io.longhaul.console;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
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
 * Runs after the filter that finds out who asks. Roles need no check here: an answer is kept under the role, or the person,
 * that it was made for.
 */
final class LiveReads extends HttpFilter {
    private static final long serialVersionUID = 1L;
    private static final String ATTRIBUTE = LiveReads.class.getName();
    private static final Duration LONGEST = Duration.ofSeconds(10);

    /** Each has some ten kilobytes. */
    private static final int MOST = 200;

    private final transient Map<LiveRead.Key, Made> made = new ConcurrentHashMap<>();

    /** A content, packed once for all, and the time (by {@link System#nanoTime}) at which its making began. */
    private static final class Made {
        private final byte[] packed;
        private final long since;

        Made(byte[] packed, long since) {
            this.packed = packed;
            this.since = since;
        }

        boolean isYoungerThan(Duration age) {
            return System.nanoTime() - since < age.toNanos();
        }
    }

    /** A read that has begun. */
    private record Begun(LiveRead read, long since) {}

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Optional<LiveRead> read = LiveRead.of(request);
        Optional<Made> found = read.filter(live -> takesPacked(request)).flatMap(this::find);
        if (found.isPresent()) {
            answer(found.get(), response);
            return;
        }
        read.ifPresent(live -> request.setAttribute(ATTRIBUTE, new Begun(live, System.nanoTime())));
        chain.doFilter(request, response);
    }

    private Optional<Made> find(LiveRead read) {
        return Optional.ofNullable(made.get(read.shared()))
                .or(() -> Optional.ofNullable(made.get(read.own())))
                .filter(found -> found.isYoungerThan(read.oldest()));
    }

    private static boolean takesPacked(HttpServletRequest request) {
        String codings = request.getHeader("Accept-Encoding");
        return codings != null && codings.contains("gzip");
    }

    private static void answer(Made found, HttpServletResponse response) throws IOException {
        PageHeaders.ALL.forEach(response::setHeader);
        response.setHeader("Cache-Control", PageHeaders.UNSTORED);
        response.setContentType(PageHeaders.HTML.toString());
        response.setHeader("Content-Encoding", "gzip");
        response.setHeader("Vary", "Accept-Encoding");
        response.setContentLength(found.packed.length);
        response.getOutputStream().write(found.packed);
    }

    /** True if a page reads itself again. */
    static boolean isOne(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) != null;
    }

    /** Keeps what was made for one page, if others may take it. */
    void keep(HttpServletRequest request, Page page, byte[] html) {
        Begun begun = (Begun) request.getAttribute(ATTRIBUTE);
        LiveRead read = begun.read();
        if (read.oldest().isZero()) {
            return;
        }
        made.values().removeIf(old -> !old.isYoungerThan(LONGEST));
        if (made.size() < MOST) {
            made.put(
                    page.view() instanceof SharedView ? read.shared() : read.own(),
                    new Made(packed(html), begun.since()));
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
