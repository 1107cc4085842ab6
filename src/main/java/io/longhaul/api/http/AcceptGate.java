package io.longhaul.api.http;

import jakarta.annotation.Priority;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.lang.reflect.Method;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Handles {@code Accept} where Jersey does not: refuses a client that excludes the only representation (a quality of 0), and
 * sends the media type of JSON always without parameters. A body of no single type is refused, too.
 */
@Priority(Priorities.AUTHORIZATION + 2)
public final class AcceptGate implements ContainerRequestFilter, ContainerResponseFilter {
    @Context
    private ResourceInfo endpoint;

    @Override
    public void filter(ContainerRequestContext request) {
        List<MediaType> made = made(endpoint.getResourceMethod());
        List<MediaType> accepted = request.getAcceptableMediaTypes();
        if (!made.isEmpty() && made.stream().allMatch(type -> isRefused(type, accepted))) {
            throw new RefusedException(Refusal.notAcceptable(made));
        }
        requireOneType(request.getMediaType());
    }

    /** Jersey takes a range for each type in it, but a body is of one type. */
    private void requireOneType(MediaType sent) {
        boolean isRange = sent != null && (sent.isWildcardType() || sent.isWildcardSubtype());
        if (isRange && declared(endpoint.getResourceMethod()).noneMatch(MediaType.WILDCARD::equals)) {
            throw new RefusedException(ErrorCode.UNSUPPORTED_MEDIA_TYPE);
        }
    }

    /** What a method takes; anything if it does not say. */
    private static Stream<String> declared(Method method) {
        Consumes own = method == null ? null : method.getAnnotation(Consumes.class);
        Consumes all =
                own == null && method != null ? method.getDeclaringClass().getAnnotation(Consumes.class) : own;
        return all == null ? Stream.of(MediaType.WILDCARD) : Stream.of(all.value());
    }

    private static List<MediaType> made(Method method) {
        if (method == null) {
            return List.of();
        }
        Produces own = method.getAnnotation(Produces.class);
        Produces all = own == null ? method.getDeclaringClass().getAnnotation(Produces.class) : own;
        return all == null
                ? List.of()
                : Stream.of(all.value()).map(MediaType::valueOf).toList();
    }

    /** The most specific range decides (RFC 9110, 12.5.1). */
    private static boolean isRefused(MediaType type, List<MediaType> accepted) {
        return !type.isWildcardType()
                && accepted.stream()
                        .filter(range -> range.isCompatible(type))
                        .max(Comparator.comparing((MediaType range) -> !range.isWildcardType())
                                .thenComparing(range -> !range.isWildcardSubtype())
                                .thenComparingDouble(AcceptGate::quality))
                        .filter(range -> quality(range) == 0)
                        .isPresent();
    }

    private static double quality(MediaType range) {
        try {
            return Double.parseDouble(range.getParameters().getOrDefault("q", "1"));
        } catch (NumberFormatException e) {
            return 1;
        }
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        MediaType type = response.getMediaType();
        if (type != null
                && type.getSubtype().endsWith("json")
                && !type.getParameters().isEmpty()) {
            response.getHeaders().putSingle(HttpHeaders.CONTENT_TYPE, new MediaType(type.getType(), type.getSubtype()));
        }
    }
}
