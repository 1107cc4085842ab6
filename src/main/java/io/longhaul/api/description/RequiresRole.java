package io.longhaul.api.description;

import io.longhaul.auth.Role;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The role that an endpoint needs. Without this and {@link NoAuthentication} it answers administrators only. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface RequiresRole {
    Role value();

    /** True if the audit log records its requests. */
    boolean audited() default false;
}
