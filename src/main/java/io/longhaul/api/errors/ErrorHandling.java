package io.longhaul.api.errors;

import io.dropwizard.core.server.AbstractServerFactory;
import io.dropwizard.core.setup.Environment;
import io.longhaul.api.description.KnownMethods;
import io.longhaul.api.description.QueryGate;
import io.longhaul.api.http.AcceptGate;
import io.longhaul.api.http.BodilessGate;
import io.longhaul.api.http.GzipBodies;
import io.longhaul.api.http.HeadFilter;
import io.longhaul.api.http.Problem;
import io.longhaul.api.http.RefusedException;
import io.longhaul.api.http.TraceFilter;
import io.longhaul.api.http.UnknownMembers;
import io.longhaul.readiness.Readiness;
import jakarta.annotation.Priority;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import java.util.EnumSet;
import org.glassfish.jersey.server.ServerProperties;

/** Gives all errors of the server the shape of {@link Problem}, and every request a trace. */
public final class ErrorHandling {
    private static final int BEFORE_ALL_OTHERS = 100;

    private ErrorHandling() {}

    /**
     * Installs both. Call it once, from {@code Application.run}.
     *
     * @param server its own error answers are switched off
     * @param readiness asked before each request to {@code /v1} whether the schema is right
     * @param suspectSchema called when a statement failed in a way that points at the schema; must not block
     * @return translates exceptions, for filters that answer before Jersey
     */
    public static FailureTranslator install(
            AbstractServerFactory server, Environment environment, Readiness readiness, Runnable suspectSchema) {
        server.setRegisterDefaultExceptionMappers(false);
        FailureTranslator failures = new FailureTranslator(new DatabaseFailureTranslator(readiness, suspectSchema));
        environment.jersey().register(new JerseyProblemWriter(failures));
        environment.jersey().register(new CommittedAnswerWriter(environment.getObjectMapper()));
        environment.jersey().register(new SchemaGate(readiness));
        environment.jersey().register(new QueryGate());
        environment.jersey().register(new AcceptGate());
        environment.jersey().register(new BodilessGate());
        environment.jersey().register(new UnknownMembers());
        environment.jersey().register(new HeadFilter());
        // Keep Location relative: behind a proxy the server does not know its own address.
        environment.jersey().property(ServerProperties.LOCATION_HEADER_RELATIVE_URI_RESOLUTION_DISABLED, true);
        FilterRegistration.Dynamic trace = environment.servlets().addFilter("trace", new TraceFilter());
        trace.setAsyncSupported(true);
        trace.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/*");
        JettyProblemWriter problems = new JettyProblemWriter(environment.getObjectMapper(), KnownMethods::of);
        environment.getApplicationContext().setErrorHandler(problems);
        environment.lifecycle().addServerLifecycleListener(started -> started.setErrorHandler(problems));
        environment.lifecycle().addServerLifecycleListener(HttpRules::install);
        GzipBodies.install(environment);
        return failures;
    }

    /** Answers 503 at once while the schema is known to be missing or wrong, instead of failing in each statement. */
    @Priority(BEFORE_ALL_OTHERS)
    private record SchemaGate(Readiness readiness) implements ContainerRequestFilter {
        @Override
        public void filter(ContainerRequestContext request) {
            if (request.getUriInfo().getPath().startsWith("v1/")) {
                readiness.current().wrongSchema().ifPresent(condition -> {
                    throw new RefusedException(DatabaseFailureTranslator.wrongSchema(condition));
                });
            }
        }
    }
}
