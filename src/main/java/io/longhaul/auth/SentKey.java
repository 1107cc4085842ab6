package io.longhaul.auth;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The key or token in the headers of a request. Credentials of other schemes than Bearer are for a proxy before this
 * server, and browsers send them, too.
 */
public final class SentKey {
    private static final String AUTHORIZATION = "Authorization";
    private static final String API_KEY = "X-API-Key";
    private static final String SCHEME = "bearer";

    private static final Pattern BEARER = Pattern.compile("(?i)Bearer +(\\S+) *");

    private SentKey() {}

    /** True if the sender shows one, valid or not. */
    public static boolean isIn(HttpServletRequest request) {
        return request.getHeader(API_KEY) != null
                || Collections.list(request.getHeaders(AUTHORIZATION)).stream().anyMatch(SentKey::isBearer);
    }

    /**
     * The key or token of a request, which may be in both headers.
     *
     * @throws RefusedCredentialException if there are two: a proxy may have checked another one than this server
     */
    public static Optional<String> of(HttpServletRequest request) {
        String authorization = only(AUTHORIZATION, request);
        String key = only(API_KEY, request);
        if (authorization == null || !isBearer(authorization)) {
            return Optional.ofNullable(key);
        }
        Matcher bearer = BEARER.matcher(authorization);
        Optional<String> token = bearer.matches() ? Optional.of(bearer.group(1)) : Optional.empty();
        if (key != null && !token.equals(Optional.of(key))) {
            throw new RefusedCredentialException(
                    "The headers " + AUTHORIZATION + " and " + API_KEY + " hold different keys. Send one of them.");
        }
        return token;
    }

    private static boolean isBearer(String authorization) {
        return authorization.strip().toLowerCase(Locale.ROOT).split(" ", 2)[0].equals(SCHEME);
    }

    private static String only(String header, HttpServletRequest request) {
        List<String> values =
                Collections.list(request.getHeaders(header)).stream().distinct().toList();
        if (values.size() > 1) {
            throw new RefusedCredentialException(
                    "The header " + header + " is there more than once, with different values. Send it once.");
        }
        return values.isEmpty() ? null : values.get(0);
    }
}
