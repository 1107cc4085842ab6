package io.longhaul.ops.access;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;

/**
 * Whoever asks.
 *
 * @param name who, for logs and people
 * @param role what they may
 * @param tools names of the only tools that they may use, or null for all
 */
public record Principal(String name, Role role, Set<String> tools) {
    /** How the names of those begin whom an OpenID provider vouches for. No key's name does. */
    public static final String OF_PROVIDER = "oidc:";

    /** Whoever asks where nobody has to say who they are. */
    public static final Principal ANYBODY = new Principal("anybody", Role.ADMIN);

    /** Whoever asks without saying who they are where they should have; may nothing. */
    public static final Principal NOBODY = new Principal("nobody", Role.NONE);

    private static final String ATTRIBUTE = Principal.class.getName();

    /** Keeps the tools as they are. */
    public Principal {
        tools = tools == null ? null : Set.copyOf(tools);
    }

    /**
     * One that may use all tools.
     *
     * @param name who, for logs and people
     * @param role what they may
     */
    public Principal(String name, Role role) {
        this(name, role, null);
    }

    /**
     * Whether a name means somebody else than the holder of a key.
     *
     * @param name of a key
     * @return true for {@code anybody}, {@code nobody} and the names of a provider's principals
     */
    public static boolean isReserved(String name) {
        return name.startsWith(OF_PROVIDER) || name.equals(ANYBODY.name) || name.equals(NOBODY.name);
    }

    /**
     * Who sent a request.
     *
     * @param request after {@link #on} has told; a server that installs no authentication never does
     * @return {@link #ANYBODY} where no authentication is installed
     */
    public static Principal of(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof Principal told ? told : ANYBODY;
    }

    /**
     * Notes who sent a request.
     *
     * @param request of this principal
     */
    public void on(HttpServletRequest request) {
        request.setAttribute(ATTRIBUTE, this);
    }

    /**
     * Whether it may do what a role allows.
     *
     * @param needed the role that is asked for
     * @return true if its own role includes that
     */
    public boolean may(Role needed) {
        return role.covers(needed);
    }

    /**
     * Whether it may use a tool, as far as its role lets it use any.
     *
     * @param tool name of a tool, whether or not there is one
     * @return false if it has a list of tools without this one
     */
    public boolean mayUse(String tool) {
        return tools == null || tools.contains(tool);
    }
}
