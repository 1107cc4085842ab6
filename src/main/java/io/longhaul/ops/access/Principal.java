package io.longhaul.ops.access;

import jakarta.servlet.http.HttpServletRequest;

/**
 * Whoever asks.
 *
 * @param name who, for logs and people
 * @param role what they may
 */
public record Principal(String name, Role role) {
    /** Whoever asks where nobody has to say who they are. */
    public static final Principal ANYBODY = new Principal("anybody", Role.ADMIN);

    /** Whoever asks without saying who they are where they should have; may nothing. */
    public static final Principal NOBODY = new Principal("nobody", Role.NONE);

    private static final String ATTRIBUTE = Principal.class.getName();

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
}
