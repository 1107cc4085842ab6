package io.longhaul.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * Left out of the distributed profile ({@code mvn -Pdistributed test}): a test of migrations, roles, settings or sessions, or one that itself
 * takes an advisory lock or the server away, which a pooler hides.
 */
@Tag("own-session")
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface OwnSession {}
