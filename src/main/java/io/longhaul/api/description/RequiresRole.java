package io.longhaul.api.description;

import io.longhaul.ops.access.Role;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The role that an endpoint needs. One without this or {@link NoAuthentication} answers administrators only. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface RequiresRole {
    Role value();

    /** Whether the log of operators' actions tells of it. */
    boolean audited() default false;
}
