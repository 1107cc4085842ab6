package io.longhaul.api.description;

import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Header;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Describes a resource method for the API's description, beside its Javadoc and JAX-RS annotations. The running server reads
 * only the query parameters, to refuse others.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Operation {
    /** A name for clients' code; never changes. */
    String id();

    /** Its chapter in the description. */
    String tag();

    /** A record whose components are the query parameters. */
    Class<?> query() default void.class;

    /** A parameter of that record that this operation does not take. */
    String without() default "";

    /** Request headers that it reads. */
    Header[] headers() default {};

    /** A record whose components are the members of the request's body. */
    Class<?> body() default void.class;

    /** True if a request without a body is refused. */
    boolean bodyRequired() default true;

    /** True if the body is bytes of any type instead of JSON. */
    boolean anyBody() default false;

    /** All answers that are not errors. */
    Reply[] replies();

    /** True if it submits one job: all such operations share most of their errors. */
    boolean submits() default false;

    /** Errors of its own, beside those that any request may get. */
    ErrorCode[] errors() default {};
}
