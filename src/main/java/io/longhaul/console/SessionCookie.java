package io.longhaul.console;

import io.longhaul.auth.signin.ProviderSignIn;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.core.NewCookie;
import java.time.Duration;
import java.util.Optional;

/** The cookies of sign-in: the session, and what a browser keeps while somebody is at the provider. */
final class SessionCookie {
    static final String NAME = "longhaul_session";

    private static final String JOURNEY = "longhaul_sign_in";

    private final boolean secure;

    /** @param secure whether browsers reach this server by https only */
    SessionCookie(boolean secure) {
        this.secure = secure;
    }

    /** The session that a browser sent. */
    static Optional<String> session(HttpServletRequest request) {
        return Renderer.cookie(request, NAME).filter(value -> !value.isEmpty());
    }

    /** Not sent with requests that other sites begin. Empty deletes it. */
    NewCookie ofSession(String value, Duration length, HttpServletRequest request) {
        return cookie(NAME, value, length, NewCookie.SameSite.STRICT)
                .secure(secure || request.isSecure())
                .build();
    }

    /** What a browser kept while somebody was at the provider. */
    Optional<String> journey(HttpServletRequest request) {
        return Renderer.cookie(request, journey()).filter(value -> !value.isEmpty());
    }

    /** Sent when the provider sends the browser back, so it is less strict. Empty deletes it. */
    NewCookie ofJourney(String value) {
        Duration length = value.isEmpty() ? Duration.ZERO : ProviderSignIn.patience();
        return cookie(journey(), value, length, NewCookie.SameSite.LAX)
                .secure(secure)
                .build();
    }

    /** By its prefix, browsers take it from this very host over https only, and not from a neighbour under its domain. */
    private String journey() {
        return secure ? "__Host-" + JOURNEY : JOURNEY;
    }

    private static NewCookie.Builder cookie(String name, String value, Duration length, NewCookie.SameSite sameSite) {
        return new NewCookie.Builder(name)
                .value(value)
                .path("/")
                .maxAge((int) length.toSeconds())
                .httpOnly(true)
                .sameSite(sameSite);
    }
}
