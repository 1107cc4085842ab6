package io.longhaul.api.access;

import io.dropwizard.core.setup.Environment;
import io.longhaul.api.description.DescribedQuery;
import io.longhaul.api.description.Shape;
import io.longhaul.api.errors.JettyProblemWriter;
import io.longhaul.api.errors.ServletProblemWriter;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Problem.FieldError;
import io.longhaul.api.http.Refusal;
import io.longhaul.api.http.TraceFilter;
import io.longhaul.auth.AccessConfiguration;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Guards the admin port, which has no authentication. It refuses requests that a web page made a browser send, and tasks
 * with unknown or wrong parameters.
 */
public final class AdminGate extends HttpFilter {
    private static final long serialVersionUID = 1L;

    private static final String TASKS = "/tasks";

    /** The parameters of each task. A task that is not listed takes none. */
    private static final Map<String, Class<?>> PARAMETERS =
            Map.of("drain", Drain.class, "log-level", LogLevel.class, "gc", Collections.class);

    private final transient HostCheck hosts;
    private final transient ServletProblemWriter errors;

    private AdminGate(HostCheck hosts, ServletProblemWriter errors) {
        this.hosts = hosts;
        this.errors = errors;
    }

    /**
     * Parameters of the task that stops claiming jobs.
     *
     * @param resume whether to claim jobs again
     */
    record Drain(boolean resume) {}

    /**
     * Parameters of the task that changes log levels.
     *
     * @param logger names of loggers
     * @param level the level; the configured level if left out
     * @param duration time after which the configured level holds again
     */
    record LogLevel(
            @Shape(commas = true) String logger,

            @Shape(values = {"ALL", "TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF"})
            String level,

            String duration) {}

    /**
     * Parameters of the task that collects garbage.
     *
     * @param runs number of collections
     */
    record Collections(@Shape(least = 1) int runs) {}

    /**
     * Installs the filter.
     *
     * @param configuration has the host names that are allowed
     * @param publicUrl its address for clients elsewhere, or empty
     */
    public static void install(Environment environment, AccessConfiguration configuration, String publicUrl) {
        ServletProblemWriter errors = new ServletProblemWriter(environment.getObjectMapper());
        add(environment, "trace", new TraceFilter());
        add(environment, "gate", new AdminGate(HostCheck.ofAdmin(configuration, publicUrl), errors));
        environment
                .getAdminContext()
                .setErrorHandler(new JettyProblemWriter(environment.getObjectMapper(), AdminGate::methods));
    }

    private static Optional<String> methods(String path) {
        return Optional.of(path.startsWith(TASKS + "/") ? "POST" : "GET, HEAD, OPTIONS");
    }

    private static void add(Environment environment, String name, HttpFilter filter) {
        FilterRegistration.Dynamic added = environment.admin().addFilter(name, filter);
        added.setAsyncSupported(true);
        added.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, "/*");
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        AccessFilter.writeHeaders(response);
        Optional<Refusal> refusal =
                hosts.refusal(request).or(() -> wrongMethod(request)).or(() -> wrongTask(request));
        if (refusal.isPresent()) {

            response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
            errors.write(request, response, refusal.get());
        } else {
            chain.doFilter(request, response);
        }
    }

    private static Optional<Refusal> wrongMethod(HttpServletRequest request) {
        boolean isTask = request.getServletPath().equals(TASKS);
        return isTask && !request.getMethod().equals("POST")
                ? Optional.of(Refusal.ofStatus(ErrorCode.METHOD_NOT_ALLOWED.status(), "POST"))
                : Optional.empty();
    }

    /** Checks the parameters of a task, in the query or a form. */
    private static Optional<Refusal> wrongTask(HttpServletRequest request) {
        if (!request.getServletPath().equals(TASKS) || request.getPathInfo() == null) {
            return Optional.empty();
        }
        Map<String, List<String>> sent = new LinkedHashMap<>();
        request.getParameterMap().forEach((name, values) -> sent.put(name, List.of(values)));
        Class<?> described = PARAMETERS.getOrDefault(request.getPathInfo().substring(1), void.class);
        List<FieldError> wrong = DescribedQuery.of(described).wrong(sent);
        return Refusal.ofAll(wrong, null);
    }
}
