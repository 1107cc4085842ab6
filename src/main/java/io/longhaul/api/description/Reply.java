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

    /** The meaning of the answer, for people. */
    String means();

    /** The record of the body, or several if it can be one of them; empty for no body. */
    Class<?>[] body() default {};

    /** The media type of the body. If it is not JSON, the records describe its lines or events. */
    String type() default "application/json";

    /** True if the body has this type and no record describes it. */
    boolean open() default false;

    /** Headers of this answer, beside {@code traceparent}. */
    Header[] headers() default {};

    /** True if the answer also has the headers for caching and polling one job. */
    boolean cacheable() default false;
}
