package io.longhaul.console;

import jakarta.ws.rs.core.MediaType;
import java.util.Map;

/** The headers of every answer of the console. */
final class PageHeaders {
    static final MediaType HTML = MediaType.valueOf("text/html;charset=utf-8");

    /** Pages show what only their visitor may see, so caches ask each time. */
    static final String UNCACHED = "private, no-cache";

    /** A part of a page: no browser may show it as the page when somebody goes back. */
    static final String UNSTORED = "no-store";

    /** Nothing inline, nothing from elsewhere, no frames. */
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                    + " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    // Browsers send "Origin: null" with forms of pages that send no referrer at all, and such forms are refused.
    static final Map<String, String> ALL = Map.of(
            "Content-Security-Policy", POLICY,
            "X-Content-Type-Options", "nosniff",
            "X-Frame-Options", "DENY",
            "Referrer-Policy", "same-origin",
            "Cross-Origin-Opener-Policy", "same-origin",
            "Cross-Origin-Resource-Policy", "same-origin",
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");

    private PageHeaders() {}
}
