package io.longhaul.auth;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.Set;

/**
 * The sender of a request.
 *
 * @param name for logs and people
 * @param role its permissions
 * @param tools names of the only tools that it may use, or null for all
 */
public record Principal(String name, Role role, Set<String> tools) {
    /** Prefix of the names of a provider's principals. No key has such a name. */
    public static final String OF_PROVIDER = "oidc:";

    /** The sender if the server installs no authentication. */
    public static final Principal ANYBODY = new Principal("anybody", Role.ADMIN);

    /** A sender who gave no key or token although one is needed; has no permissions. */
    public static final Principal NOBODY = new Principal("nobody", Role.NONE);

    /** A sender who gave no key or token and may look all the same; no key has its name. */
    public static final Principal GUEST = new Principal("nobody", Role.READ);

    private static final String ATTRIBUTE = Principal.class.getName();

    public Principal {
        tools = tools == null ? null : Set.copyOf(tools);
    }

    /** A principal that may use all tools. */
    public Principal(String name, Role role) {
        this(name, role, null);
    }

    /** True for names that no key may have: {@code anybody}, {@code nobody} and names of a provider's principals. */
    public static boolean isReserved(String name) {
        return name.startsWith(OF_PROVIDER) || name.equals(ANYBODY.name) || name.equals(NOBODY.name);
    }

    /**
     * The sender of a request; {@link #ANYBODY} if the server installs no authentication. Call it after {@link #on}.
     */
    public static Principal of(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof Principal told ? told : ANYBODY;
    }

    /** Records this principal as the sender of a request. */
    public void on(HttpServletRequest request) {
        request.setAttribute(ATTRIBUTE, this);
    }

    /**
     * The sender of a request as the console's sign-in found it, before the API looks at the request; empty for
     * programs, which send a key or token with each request.
     */
    public static Optional<Principal> signedIn(HttpServletRequest request) {
        return Optional.ofNullable(request.getAttribute(ATTRIBUTE)).map(Principal.class::cast);
    }

    /** True if its role includes the needed one. */
    public boolean may(Role needed) {
        return role.covers(needed);
    }

    /** False if it has a list of tools without this one. The role is not checked. */
    public boolean mayUse(String tool) {
        return tools == null || tools.contains(tool);
    }
}
