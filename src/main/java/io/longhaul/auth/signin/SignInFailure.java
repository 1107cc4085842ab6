package io.longhaul.auth.signin;

/** A sign-in that did not succeed. The message is for the person: what is wrong, and what cures it. */
public final class SignInFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean temporary;

    private SignInFailure(boolean temporary, String message, Throwable cause) {
        super(message, cause);
        this.temporary = temporary;
    }

    /** The person, or what the browser brought, was refused. */
    static SignInFailure refused(String message) {
        return new SignInFailure(false, message, null);
    }

    /** The provider cannot be used at the moment. */
    static SignInFailure unavailable(String message, Throwable cause) {
        return new SignInFailure(true, message, cause);
    }

    /** True if the same may succeed later. */
    public boolean isTemporary() {
        return temporary;
    }
}
