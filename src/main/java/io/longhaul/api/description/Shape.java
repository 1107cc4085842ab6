package io.longhaul.api.description;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What the API's description says of a member beside its Java type and its Javadoc. A member may be null if its Javadoc
 * speaks of null; a text whose name ends in {@code At} is a time.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.PARAMETER})
public @interface Shape {
    /** For members of requests: whether they have to be there. */
    boolean required() default false;

    /** All values there are. */
    String[] values() default {};

    /** The least number, or the least length of text or list. */
    long least() default Long.MIN_VALUE;

    /** The greatest number, or the greatest length of text or list. */
    long most() default Long.MAX_VALUE;

    /** A format of JSON Schema. */
    String format() default "";

    /** A regular expression that the whole text matches. */
    String pattern() default "";

    /** What holds when the member is left out, as JSON. */
    String usual() default "";

    /** The type of the value or of the items of the list, where Java's is wider. */
    Class<?> type() default void.class;

    /** Whether any member of that type can be missing. */
    boolean partial() default false;

    /** Whether values are separated by commas in one parameter. */
    boolean commas() default false;
}
