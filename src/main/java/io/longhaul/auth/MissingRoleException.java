package io.longhaul.auth;

import io.longhaul.environment.Program;

/** A principal lacks the role for what it asks. */
public final class MissingRoleException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MissingRoleException(Principal principal, Role needed) {
        super(message(principal, needed), null, false, false);
    }

    private static String message(Principal principal, Role needed) {
        String cure = principal.name().startsWith(Principal.OF_PROVIDER)
                ? "Use a token that gives it: auth.oidc.rolesClaim says by which claim."
                : "Use a key with the role " + needed.word() + "; "
                        + Program.commandOfServer("key create --name NAME --role " + needed.word()) + ", makes one.";
        return "This needs the role " + needed.word() + ", and " + principal.name() + " has "
                + principal.role().word() + ". " + cure;
    }
}
