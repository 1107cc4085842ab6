package io.longhaul.console;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
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

    /** A page is made within it, or says that it could not be. */
    private static final Duration MAKING = Duration.ofSeconds(2);

    private final transient Map<LiveRead.Key, Made> made = new ConcurrentHashMap<>();
    private final transient Makings<LiveRead.Key> makings = new Makings<>(MAKING);

    /** A content, packed once for all, and the time (by {@link System#nanoTime}) at which its making began. */
    private static final class Made {
        private final byte[] packed;
        private final long since;

        Made(byte[] packed, long since) {
            this.packed = packed;
            this.since = since;
        }

        boolean isYoungerThan(Duration age, long at) {
            return at - since < age.toNanos();
        }
    }

    /** A read and the time at which it began. */
    private record Begun(LiveRead read, long since) {}

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Optional<LiveRead> read = LiveRead.of(request);
        if (read.isEmpty()) {
            chain.doFilter(request, response);
            return;
        }
        Begun begun = new Begun(read.get(), System.nanoTime());
        boolean takesOthers = takesPacked(request) && !begun.read.oldest().isZero();
        if (takesOthers && answer(find(begun), response)) {
            return;
        }
        boolean makes = takesOthers && begin(begun.read.shared());
        try {
            if (takesOthers && answer(find(begun), response)) {
                return;
            }
            request.setAttribute(ATTRIBUTE, begun);
            chain.doFilter(request, response);
        } finally {
            if (makes) {
                makings.end(begun.read.shared());
            }
        }
    }

    private boolean begin(LiveRead.Key key) throws IOException {
        try {
            return makings.begin(key);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while another page was made");
        }
    }

    /** What was made for others, young enough when the read began. */
    private Optional<Made> find(Begun begun) {
        LiveRead read = begun.read;
        return Optional.ofNullable(made.get(read.shared()))
                .or(() -> Optional.ofNullable(made.get(read.own())))
                .filter(found -> found.isYoungerThan(read.oldest(), begun.since));
    }

    private static boolean takesPacked(HttpServletRequest request) {
        String codings = request.getHeader("Accept-Encoding");
        return codings != null && codings.contains("gzip");
    }

    private static boolean answer(Optional<Made> kept, HttpServletResponse response) throws IOException {
        if (kept.isEmpty()) {
            return false;
        }
        byte[] packed = kept.get().packed;
        PageHeaders.ALL.forEach(response::setHeader);
        response.setHeader("Cache-Control", PageHeaders.UNSTORED);
        response.setContentType(PageHeaders.HTML.toString());
        response.setHeader("Content-Encoding", "gzip");
        response.setHeader("Vary", "Accept-Encoding");
        response.setContentLength(packed.length);
        response.getOutputStream().write(packed);
        return true;
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
        long now = System.nanoTime();
        made.values().removeIf(old -> !old.isYoungerThan(LONGEST, now));
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
