package io.longhaul.api.description;

import io.longhaul.api.http.Header;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** One answer of an {@link Operation}. */
@Retention(RetentionPolicy.RUNTIME)
@Target({})
public @interface Reply {
    /** The status. */
    int status() default 200;

    /** When it is given, for people. */
    String means();

    /** The record that is the body, or several of which it is one; none for no body. */
    Class<?>[] body() default {};

    /** The media type of the body, where it is not JSON: then the records are those of its lines or events. */
    String type() default "application/json";

    /** Whether there is a body of that type that no record describes. */
    boolean open() default false;

    /** Headers of this answer, beside {@code traceparent}. */
    Header[] headers() default {};

    /** Whether the answer has the headers for caching and polling one job, too. */
    boolean cacheable() default false;
}
