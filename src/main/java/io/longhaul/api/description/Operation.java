package io.longhaul.api.description;

import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Header;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What the API's description says of a resource's method beside its Javadoc and its JAX-RS annotations. Read when the
 * description is made, and never by the running server.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Operation {
    /** A name for clients' code; never changes. */
    String id();

    /** The chapter it belongs to. */
    String tag();

    /** A record whose components are the query parameters. */
    Class<?> query() default void.class;

    /** Headers of the request that mean something. */
    Header[] headers() default {};

    /** A record whose components are the members of the request's body. */
    Class<?> body() default void.class;

    /** Whether a request without a body is refused. */
    boolean bodyRequired() default true;

    /** Whether the body is no JSON but bytes of any type. */
    boolean anyBody() default false;

    /** All answers that are no errors. */
    Reply[] replies();

    /** Errors of its own; those that any request can meet are known. */
    ErrorCode[] errors() default {};
}
