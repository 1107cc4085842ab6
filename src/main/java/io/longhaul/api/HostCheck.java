package io.longhaul.api;

import io.longhaul.ops.access.AccessConfiguration;
import io.longhaul.ops.access.Loopback;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Refuses what a web page elsewhere makes a browser send: requests under a name that somebody else's name server leads
 * to this machine, and changes from the pages of other sites.
 */
final class HostCheck {
    private static final Set<String> HARMLESS = Set.of("GET", "HEAD", "OPTIONS");

    private final boolean loopbackOnly;
    private final Set<String> hosts;
    private final Set<String> origins;

    HostCheck(AccessConfiguration configuration, boolean loopbackOnly, String publicUrl) {
        this.loopbackOnly = loopbackOnly;
        this.hosts = Stream.concat(
                        configuration.allowedHosts().stream(),
                        Stream.of(publicUrl).map(HostCheck::host))
                .map(host -> host.toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
        this.origins = Stream.of(
                        configuration.allowedOrigins().stream(),
                        configuration.corsOrigins().stream(),
                        Stream.of(publicUrl))
                .flatMap(origins -> origins)
                .map(origin -> origin.toLowerCase(Locale.ROOT).replaceAll("/+$", ""))
                .collect(Collectors.toSet());
    }

    private static String host(String publicUrl) {
        try {
            String host = URI.create(publicUrl).getHost();
            return host == null ? "" : host;
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    /** What is wrong, if anything is. A client without the header is no browser. */
    Optional<Refusal> refusal(HttpServletRequest request) {
        String host = request.getHeader("Host");
        if (loopbackOnly && host != null && !known(withoutPort(host.toLowerCase(Locale.ROOT)))) {
            return Optional.of(Refusal.of(
                    ErrorCode.HOST_NOT_ALLOWED,
                    "This server is not known by the name in the header Host. If it should be,"
                            + " set publicUrl (LONGHAUL_PUBLIC_URL) or add the name to auth.allowedHosts."));
        }
        String origin = request.getHeader("Origin");
        if (origin != null && !HARMLESS.contains(request.getMethod()) && !isOurs(origin, host)) {
            return Optional.of(Refusal.of(
                    ErrorCode.ORIGIN_NOT_ALLOWED,
                    "Pages of the site in the header Origin may change nothing here. If they should,"
                            + " add the site to auth.allowedOrigins."));
        }
        return Optional.empty();
    }

    private boolean known(String host) {
        return Loopback.names(host) || hosts.contains(host);
    }

    private boolean isOurs(String origin, String host) {
        String site = origin.toLowerCase(Locale.ROOT);
        return origins.contains(site)
                || (host != null && site.replaceFirst("^https?://", "").equals(host.toLowerCase(Locale.ROOT)));
    }

    private static String withoutPort(String host) {
        return host.replaceFirst(":\\d*$", "");
    }
}
