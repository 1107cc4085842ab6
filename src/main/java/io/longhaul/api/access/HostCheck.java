package io.longhaul.api.access;

import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Refusal;
import io.longhaul.auth.AccessConfiguration;
import io.longhaul.auth.Loopback;
import io.longhaul.auth.ProtectedResource;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Refuses requests that a web page of another site makes a browser send: requests for a host name that another name server
 * resolves to this machine (DNS rebinding), and changes from pages of other sites.
 */
final class HostCheck {
    private static final Set<String> HARMLESS = Set.of("GET", "HEAD", "OPTIONS");

    /** Values of Sec-Fetch-Site for requests from pages of other sites. */
    private static final Set<String> ELSEWHERE = Set.of("cross-site", "same-site");

    /** Addresses need no name server, so nobody can redirect them. */
    private static final Pattern ADDRESS = Pattern.compile("(\\d{1,3}\\.){3}\\d{1,3}|\\[[0-9a-f:.]+]");

    /** The host names that requests may use. */
    private enum Names {
        /** Any: the server is reachable from elsewhere and authenticates its callers. */
        ANY,
        /** Loopback names and configured names. */
        OWN,
        /** These and addresses, so that operators can use a node's address. */
        OWN_OR_ADDRESS
    }

    private final Names names;
    private final Set<String> hosts;
    private final Set<String> origins;

    private HostCheck(Names names, Set<String> hosts, Set<String> origins) {
        this.names = names;
        this.hosts = hosts;
        this.origins = origins;
    }

    static HostCheck ofApi(AccessConfiguration configuration, boolean loopbackOnly, String publicUrl) {
        Set<String> origins = Stream.of(
                        configuration.allowedOrigins().stream(),
                        configuration.corsOrigins().stream(),
                        Stream.of(publicUrl))
                .flatMap(sites -> sites)
                .map(origin -> origin.toLowerCase(Locale.ROOT).replaceAll("/+$", ""))
                .collect(Collectors.toSet());
        return new HostCheck(loopbackOnly ? Names.OWN : Names.ANY, hosts(configuration, publicUrl), origins);
    }

    /** The admin port has no authentication, so only its own pages may send requests. */
    static HostCheck ofAdmin(AccessConfiguration configuration, String publicUrl) {
        return new HostCheck(Names.OWN_OR_ADDRESS, hosts(configuration, publicUrl), Set.of());
    }

    private static Set<String> hosts(AccessConfiguration configuration, String publicUrl) {
        return Stream.concat(
                        configuration.allowedHosts().stream(),
                        Stream.of(publicUrl).map(HostCheck::host))
                .filter(host -> !host.isEmpty())
                .map(host -> host.toLowerCase(Locale.ROOT))
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

    /** Empty if the request is allowed. A client without these headers is not a browser. */
    Optional<Refusal> refusal(HttpServletRequest request) {
        String host = request.getHeader("Host");
        if (host != null && !isKnown(host.toLowerCase(Locale.ROOT).replaceFirst(":\\d*$", ""))) {
            return Optional.of(Refusal.of(
                    ErrorCode.HOST_NOT_ALLOWED,
                    "This server is not known by the name in the header Host. If it should be, set publicUrl"
                            + " (LONGHAUL_PUBLIC_URL) or add the name to auth.allowedHosts (LONGHAUL_ALLOWED_HOSTS)."));
        }
        boolean asks = names == Names.OWN_OR_ADDRESS
                || !HARMLESS.contains(request.getMethod())
                // MCP demands it for its streams, too.
                || request.getRequestURI().equals(ProtectedResource.RESOURCE);
        if (asks && isOfAnotherSite(request, host)) {
            return Optional.of(Refusal.of(ErrorCode.ORIGIN_NOT_ALLOWED, cure()));
        }
        return Optional.empty();
    }

    private String cure() {
        return names == Names.OWN_OR_ADDRESS
                ? "Pages of other sites may ask nothing of the admin port: open its address itself, or use a program."
                : "Pages of the site in the header Origin may change nothing here, and not use MCP. If they should,"
                        + " add the site to auth.allowedOrigins.";
    }

    private boolean isOfAnotherSite(HttpServletRequest request, String host) {
        List<String> origins = Collections.list(request.getHeaders("Origin"));
        List<String> sites = Collections.list(request.getHeaders("Sec-Fetch-Site"));
        return origins.isEmpty()
                ? sites.stream().anyMatch(ELSEWHERE::contains)
                : !origins.stream().allMatch(origin -> isOurs(origin, host));
    }

    private boolean isKnown(String host) {
        return switch (names) {
            case ANY -> true;
            case OWN -> isOwn(host);
            case OWN_OR_ADDRESS -> isOwn(host) || ADDRESS.matcher(host).matches();
        };
    }

    private boolean isOwn(String host) {
        return Loopback.names(host) || hosts.contains(host);
    }

    private boolean isOurs(String origin, String host) {
        String site = origin.toLowerCase(Locale.ROOT);
        return origins.contains(site)
                || (host != null && site.replaceFirst("^https?://", "").equals(host.toLowerCase(Locale.ROOT)));
    }
}
