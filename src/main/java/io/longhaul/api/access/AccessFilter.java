package io.longhaul.api.access;

import io.dropwizard.core.setup.Environment;
import io.longhaul.api.errors.ErrorHandling;
import io.longhaul.api.errors.FailureTranslator;
import io.longhaul.api.errors.ServletProblemWriter;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Refusal;
import io.longhaul.auth.AccessConfiguration;
import io.longhaul.auth.AuditStatements;
import io.longhaul.auth.KeyStatements;
import io.longhaul.auth.Principal;
import io.longhaul.auth.ProtectedResource;
import io.longhaul.auth.ProviderUnavailableException;
import io.longhaul.auth.RefusedCredentialException;
import io.longhaul.auth.Role;
import io.longhaul.auth.SentKey;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.auth.ownership.SubmissionOwnership;
import io.longhaul.auth.ratelimit.RequestRates;
import io.longhaul.environment.Program;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.core.HttpHeaders;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Jdbi;

/**
 * Authenticates the caller of every request. {@link RoleGate} decides what the caller may do, and so does each filter that
 * answers before Jersey ({@link Principal#of}).
 */
public final class AccessFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;

    private static final Set<String> OPEN = Set.of(
            "/healthz",
            "/readyz",
            "/health",
            "/openapi.json",
            "/openapi.yaml",
            "/docs",
            ProtectedResource.METADATA,
            ProtectedResource.METADATA_OF_ALL);

    private static final Set<String> LOOKING = Set.of("GET", "HEAD");

    /** Callbacks have their token in the path. */
    private static final Pattern CALLBACK = Pattern.compile("/v1/callbacks/[A-Za-z0-9._~-]+");

    private final transient AccessConfiguration configuration;
    private final transient HostCheck hosts;
    private final String publicUrl;
    private final transient Credentials credentials;
    private final transient SubmissionOwnership ownership;
    private final transient RequestRates buckets;
    private final transient FailureTranslator failures;
    private final transient ServletProblemWriter errors;

    private AccessFilter(
            AccessConfiguration configuration,
            ServerAddress address,
            Credentials credentials,
            SubmissionOwnership ownership,
            FailureTranslator failures,
            ServletProblemWriter errors) {
        this.configuration = configuration;
        this.hosts = HostCheck.ofApi(configuration, address.loopbackOnly(), address.publicUrl());
        this.publicUrl = address.publicUrl();
        this.credentials = credentials;
        this.ownership = ownership;
        this.buckets = new RequestRates(configuration.requestsPerSecond(), System::nanoTime);
        this.failures = failures;
        this.errors = errors;
    }

    /**
     * The addresses of a server.
     *
     * @param loopbackOnly whether only this machine reaches it
     * @param publicUrl its address for clients elsewhere, or empty
     */
    public record ServerAddress(boolean loopbackOnly, String publicUrl) {}

    /** Installs the filter. Call it after {@link ErrorHandling#install}, whose trace it needs, and before any other filter. */
    public static void install(
            Environment environment,
            AccessConfiguration configuration,
            ServerAddress address,
            Jdbi jdbi,
            SubmissionOwnership ownership,
            FailureTranslator failures) {
        Credentials credentials = Credentials.install(environment, configuration, jdbi.onDemand(KeyStatements.class));
        ServletProblemWriter errors = new ServletProblemWriter(environment.getObjectMapper());
        FilterRegistration.Dynamic filter = environment
                .servlets()
                .addFilter(
                        "access", new AccessFilter(configuration, address, credentials, ownership, failures, errors));
        filter.setAsyncSupported(true);
        filter.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, "/*");
        environment.jersey().register(new RoleGate(jdbi.onDemand(AuditStatements.class)));
        Cors.install(environment, configuration.corsOrigins());
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        writeHeaders(response);
        Optional<Refusal> refusal = refusal(request);
        if (refusal.isPresent()) {
            write(request, response, refusal.get());
        } else {
            chain.doFilter(request, response);
        }
    }

    /** Answers are data: a browser must not run, frame or guess them. */
    static void writeHeaders(HttpServletResponse response) {
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("X-Frame-Options", "DENY");
        response.setHeader("Referrer-Policy", "no-referrer");
        response.setHeader("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    }

    private Optional<Refusal> refusal(HttpServletRequest request) {
        Optional<Refusal> foreign = hosts.refusal(request);
        if (foreign.isPresent()) {
            return foreign;
        }
        Optional<Principal> principal;
        try {
            principal = principal(request);
        } catch (RefusedCredentialException e) {
            return stranger(request, Refusal.of(ErrorCode.UNAUTHENTICATED, e.getMessage()));
        } catch (ProviderUnavailableException e) {
            return stranger(request, Refusal.of(ErrorCode.TOKEN_NOT_JUDGED, e.getMessage()));
        } catch (RuntimeException e) {
            return stranger(request, failures.refusal(e, request));
        }
        if (principal.isEmpty()) {
            return stranger(request, unauthenticated());
        }
        principal.get().on(request);
        new Caller(
                        principal.get(),
                        configuration.sharedVisibility() || principal.get().may(Role.OPERATE),
                        ownership)
                .on(request);
        String name = principal.get().name();
        buckets.on(request);
        return buckets.take(name)
                ? Optional.empty()
                : Optional.of(Refusal.of(ErrorCode.RATE_LIMITED, buckets.refusal(name)));
    }

    /** A caller without valid credentials may use the open paths only. */
    private static Optional<Refusal> stranger(HttpServletRequest request, Refusal refusal) {
        Principal.NOBODY.on(request);
        new Caller(Principal.NOBODY, false, null).on(request);
        return isOpen(request.getRequestURI()) ? Optional.empty() : Optional.of(refusal);
    }

    private Optional<Principal> principal(HttpServletRequest request) {
        if (configuration.mode() == AccessConfiguration.Mode.NONE) {
            return Optional.of(Principal.ANYBODY);
        }
        Optional<Principal> signedIn = Principal.signedIn(request);
        Optional<Principal> known = signedIn.isPresent()
                ? signedIn
                : SentKey.of(request).map(credential -> credentials.sender(credential, request));
        known.ifPresent(principal -> credentials.watch(request));
        return known.isEmpty() && isGuest(request) ? Optional.of(Principal.GUEST) : known;
    }

    /** Guests look at the API. Clients of MCP are asked for a key, because they cannot do anything without one. */
    private boolean isGuest(HttpServletRequest request) {
        return configuration.guests()
                && LOOKING.contains(request.getMethod())
                && !SentKey.isIn(request)
                && !request.getRequestURI().equals(ProtectedResource.RESOURCE);
    }

    public static boolean isOpen(String path) {
        return OPEN.contains(path) || CALLBACK.matcher(path).matches();
    }

    private Refusal unauthenticated() {
        String token = configuration.oidc().isOn()
                ? " Or send a token of " + configuration.oidc().issuer() + " as Authorization: Bearer."
                : "";
        return Refusal.of(
                ErrorCode.UNAUTHENTICATED,
                "This server asks for a key: send Authorization: Bearer lh_... or X-API-Key."
                        + " " + Program.commandOfServer("key create --name NAME") + ", makes one."
                        + token);
    }

    private void write(HttpServletRequest request, HttpServletResponse response, Refusal refusal) throws IOException {
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        if (refusal.code() == ErrorCode.UNAUTHENTICATED) {
            String error = SentKey.isIn(request) ? ", error=\"invalid_token\"" : "";
            response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"longhaul\"" + error + metadata(request));
        }
        errors.write(request, response, refusal);
    }

    /** The parameter of the challenge that tells MCP clients how to get a token. */
    private String metadata(HttpServletRequest request) {
        return configuration.oidc().isOn() && request.getRequestURI().equals(ProtectedResource.RESOURCE)
                ? ", resource_metadata=\"" + ProtectedResource.url(publicUrl, request, ProtectedResource.METADATA)
                        + "\""
                : "";
    }
}
