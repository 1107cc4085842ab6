package io.longhaul.api.description;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A page for people: it reads its query itself, because forms send empty fields and links bring parameters of others. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface AnyQuery {
    /** Instead of names: the method itself refuses what it does not know, or has no page to say it on. */
    String CHECKED = "*";

    /** The parameters that it reads; one with a dot at its end stands for all that begin so. It says that it ignores others. */
    String[] value() default {};

    /** Those of them that a page may be sent several times, as a form with several fields of one name does. */
    String[] lists() default {};
}
