package io.longhaul.auth.signin;

import java.util.regex.Pattern;

/** Errors that a provider sends people back with (RFC 6749, 4.1.2.1; OpenID Connect Core, 3.1.2.6). */
final class ProviderError {
    private static final Pattern CODE = Pattern.compile("[a-z_]{1,60}");
    private static final int LONGEST = 200;

    private ProviderError() {}

    /** An error's code, if it is one and not a text that somebody wants to have shown. */
    static String code(String sent) {
        return CODE.matcher(sent).matches() ? sent : "unknown error";
    }

    static SignInFailure of(String error, String description) {
        return switch (error) {
            case "access_denied" ->
                SignInFailure.refused("The provider did not let you in, or you said no there." + said(description)
                        + " Sign in again, or ask its administrator for access.");
            case "temporarily_unavailable", "server_error" ->
                SignInFailure.unavailable(
                        "The provider has a problem." + said(description) + " Try again in a moment.", null);
            case "login_required", "interaction_required", "consent_required", "account_selection_required" ->
                SignInFailure.refused("The provider wants you to sign in there first. Sign in again.");
            default ->
                SignInFailure.refused("The provider refused the sign-in: " + code(error) + "." + said(description)
                        + " An administrator has to check this server's entry at the provider, and auth.oidc.signIn.");
        };
    }

    /** What the provider says of it: in quotation marks, as somebody else's text, and without characters that reorder ours. */
    private static String said(String description) {
        if (description == null || description.isBlank()) {
            return "";
        }
        String clean = description.replaceAll("[\\p{C}\\p{Z}]+", " ").strip();
        return " It says: “" + (clean.length() > LONGEST ? clean.substring(0, LONGEST) + "…" : clean) + "”.";
    }
}
