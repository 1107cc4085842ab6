package io.longhaul.database.embedded;

import java.util.Optional;

/**
 * A server in use.
 *
 * @param postmaster the server
 * @param credentials how to log in
 * @param ownership nothing when somebody else stops it
 */
record Running(Postmaster postmaster, EmbeddedLogin credentials, Optional<PostmasterGuard> ownership) {}
