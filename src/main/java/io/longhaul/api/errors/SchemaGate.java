package io.longhaul.api.errors;

import io.longhaul.api.http.RefusedException;
import io.longhaul.ops.Readiness;
import jakarta.annotation.Priority;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;

/** Answers 503 at once while the schema is known to be missing or wrong, instead of failing in each statement. */
@Priority(SchemaGate.BEFORE_ALL_OTHERS)
final class SchemaGate implements ContainerRequestFilter {
    static final int BEFORE_ALL_OTHERS = 100;

    private final Readiness readiness;

    SchemaGate(Readiness readiness) {
        this.readiness = readiness;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        if (request.getUriInfo().getPath().startsWith("v1/")) {
            readiness.current().wrongSchema().ifPresent(condition -> {
                throw new RefusedException(DatabaseErrors.wrongSchema(condition));
            });
        }
    }
}
