package io.longhaul.api.description;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Describes a member for the API's description, beside its Java type and its Javadoc. A member may be null if its Javadoc
 * mentions null; a text whose name ends in {@code At} is a time. A record with this annotation has the members of another
 * type.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.RECORD_COMPONENT, ElementType.PARAMETER})
public @interface Shape {
    /** For members of requests: whether they must be sent. */
    boolean required() default false;

    /** All allowed values. */
    String[] values() default {};

    /** The smallest number, or the shortest length of a text or list. */
    long least() default Long.MIN_VALUE;

    /** The greatest number, or the greatest length of a text or list. */
    long most() default Long.MAX_VALUE;

    /** A format of JSON Schema. */
    String format() default "";

    /** A regular expression for the whole text. */
    String pattern() default "";

    /** The default, as JSON. */
    String usual() default "";

    /** The type of the value or of the list's items, where the Java type is wider. */
    Class<?> type() default void.class;

    /** True if members of that type may be missing. */
    boolean partial() default false;

    /** True if a text may stand for the list. */
    boolean orText() default false;

    /** True if one parameter takes several values, separated by commas. */
    boolean commas() default false;

    /** True if each member of it is a parameter of its own, named after both: {@code params.sample=S1}. */
    boolean members() default false;
}
