package io.longhaul.tools.http;

import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Resolves the URLs that servers give, which may be relative. Java does that by the older RFC 2396: a reference with
 * nothing but a query loses the last segment of the path, and an empty one more than that.
 */
final class References {
    /** RFC 3986, appendix B. */
    private static final Pattern URL =
            Pattern.compile("(?:([^:/?#]+):)?(?://([^/?#]*))?([^?#]*)(?:\\?([^#]*))?(?:#.*)?", Pattern.DOTALL);

    private References() {}

    /**
     * Resolves a reference (RFC 3986, section 5.2), without its fragment, which no server is sent.
     *
     * @param base absolute, with a host
     * @throws IllegalArgumentException if the answer would be no URL
     */
    static URI resolve(URI base, String reference) {
        Matcher of = URL.matcher(base.toString());
        Matcher to = URL.matcher(reference);
        if (!of.matches() || !to.matches()) {
            throw new IllegalArgumentException("no URL");
        }
        if (to.group(1) != null) {
            return url(to.group(1), to.group(2), withoutDots(to.group(3)), to.group(4));
        }
        if (to.group(2) != null) {
            return url(of.group(1), to.group(2), withoutDots(to.group(3)), to.group(4));
        }
        if (to.group(3).isEmpty()) {
            return url(of.group(1), of.group(2), of.group(3), to.group(4) == null ? of.group(4) : to.group(4));
        }
        return url(of.group(1), of.group(2), withoutDots(beside(of.group(3), to.group(3))), to.group(4));
    }

    private static URI url(String scheme, String authority, String path, String query) {
        return URI.create(
                scheme + ":" + (authority == null ? "" : "//" + authority) + path + (query == null ? "" : "?" + query));
    }

    /** A path in the place of the last segment of another. */
    private static String beside(String base, String path) {
        return path.startsWith("/")
                ? path
                : base.isEmpty() ? "/" + path : base.substring(0, base.lastIndexOf('/') + 1) + path;
    }

    private static String withoutDots(String path) {
        if (!path.startsWith("/")) {
            return path;
        }
        Deque<String> segments = new ArrayDeque<>();
        for (String segment : path.substring(1).split("/", -1)) {
            if (segment.equals("..")) {
                segments.pollLast();
            } else if (!segment.equals(".")) {
                segments.add(segment);
            }
        }
        if (path.endsWith("/.") || path.endsWith("/..")) {
            segments.add("");
        }
        return "/" + String.join("/", segments);
    }
}
