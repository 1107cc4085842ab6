package io.longhaul.logging;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Removes secrets from texts for the log: those with a known form, those after a name that announces them, and known
 * passwords.
 */
final class LoggedSecrets {
    /** Replaces a secret. */
    static final String MARK = "[secret]";

    /** Shorter secrets would match parts of ordinary words and make the log unreadable. */
    private static final int SHORTEST = 4;

    /**
     * Group 1 stays, the rest of the match is replaced. Headers may be logged as {@code name: value},
     * {@code name=value} or in a library's own form; bytes of requests and answers with escapes.
     */
    private static final List<Pattern> FORMS = List.of(
            // Keys of `key create`, even if cut off.
            Pattern.compile("(\\blh_[0-9a-f]{10}_)[0-9a-f]{4,48}"),
            Pattern.compile("(\\bwhsec_)[A-Za-z0-9+/=_-]{4,}"),
            // JSON Web Tokens.
            Pattern.compile("(\\beyJ)[A-Za-z0-9_-]{5,}(?:\\.[A-Za-z0-9_-]*){1,4}"),
            Pattern.compile("(/v1/callbacks/)[A-Za-z0-9._~%-]+"),
            Pattern.compile(
                    "(?i)(\\b(?:Proxy-)?Authorization[\"']?\\s*[:=]\\s*[\"'\\[]*)(?!\\[secret)(?:(?:Bearer|Basic)\\s+)?"
                            + "[^\\s\"',;<>|)\\]}\\\\]+"),
            Pattern.compile("(?i)(\\b(?:Bearer|Basic)[ :=]+)[A-Za-z0-9._~+/=-]{4,}"),
            Pattern.compile("(?i)(\\b(?:X-API-Key|Longhaul-Worker-Token|Cookie|Set-Cookie)[\"']?\\s*[:=]\\s*[\"'\\[]*)"
                    + "(?!\\[secret)[^\\s\"',;<>|)\\]}\\\\]+"),
            Pattern.compile(
                    "(?i)(\\b\\w*(?:password|passwd|pwd|secret|worker_token|api_?key|callback_token)\\w*[\"']?\\s*[:=]\\s*[\"']?)"
                            + "(?!\\[secret)[^\\s\"',;&<>|)\\]}\\\\]+"),
            // Workers' tokens: a number and 32 random characters.
            Pattern.compile("(\\b\\d{1,18}\\.)(?=[A-Za-z0-9_-]*[A-Za-z_-])[A-Za-z0-9_-]{32}(?![A-Za-z0-9_.-])"),
            // User and password in an address.
            Pattern.compile("(\\b[a-z][a-z0-9+.-]*://[^\\s/@:]+:)[^\\s/@]+(?=@)"));

    private final Set<String> known = ConcurrentHashMap.newKeySet();

    /** Adds a password that has no known form. */
    void add(String secret) {
        if (secret != null && secret.length() >= SHORTEST) {
            known.add(secret);
        }
    }

    /** The text without secrets; the same object if there are none. */
    String without(String text) {
        String clean = text;
        for (String secret : known) {
            clean = clean.contains(secret) ? clean.replace(secret, MARK) : clean;
        }
        for (Pattern form : FORMS) {
            clean = struck(form, clean);
        }
        return Objects.equals(clean, text) ? text : clean;
    }

    private static String struck(Pattern form, String text) {
        Matcher matcher = form.matcher(text);
        return matcher.find() ? matcher.replaceAll(LoggedSecrets::marked) : text;
    }

    private static String marked(MatchResult match) {
        return Matcher.quoteReplacement(match.group(1) + MARK);
    }
}
