package io.longhaul.console;

import io.longhaul.auth.Principal;
import io.longhaul.auth.Role;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.jobs.Job;
import jakarta.servlet.http.HttpServletRequest;

/**
 * Who looks at a page. Pages use it only to leave out what would be refused; the API's own checks decide.
 *
 * @param caller the caller, as the API knows it
 */
public record Visitor(Caller caller) {
    public static Visitor of(HttpServletRequest request) {
        return new Visitor(Caller.of(request));
    }

    public String name() {
        return caller.principal().name();
    }

    /** True if somebody has signed in; false where nobody has to. */
    public boolean isKnown() {
        return !caller.principal().equals(Principal.ANYBODY)
                && !caller.principal().equals(Principal.NOBODY)
                && !isGuest();
    }

    /** True for somebody who looks without having signed in, and could. */
    public boolean isGuest() {
        return caller.principal().equals(Principal.GUEST);
    }

    public boolean mayRead() {
        return caller.principal().may(Role.READ);
    }

    public boolean maySubmit() {
        return caller.principal().may(Role.SUBMIT);
    }

    public boolean mayOperate() {
        return caller.principal().may(Role.OPERATE);
    }

    public boolean mayAdminister() {
        return caller.principal().may(Role.ADMIN);
    }

    public boolean mayChange(Job job) {
        return maySubmit() && caller.mayChange(job);
    }

    public boolean mayUse(String tool) {
        return caller.principal().mayUse(tool);
    }

    /** True if it sees the jobs of all, and so may follow the stream of all changes. */
    public boolean seesAll() {
        return caller.seesAll();
    }

    /** Its role, for people. */
    public String role() {
        return caller.principal().role().word();
    }
}
