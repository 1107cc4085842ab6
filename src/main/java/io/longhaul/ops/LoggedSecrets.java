package io.longhaul.ops;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes secrets out of texts that are to be logged: those of which the form tells what they are, those that stand behind a
 * name which says so, and passwords that were made known.
 */
final class LoggedSecrets {
    /** What stands in the place of a secret. */
    static final String MARK = "[secret]";

    /** Shorter ones would be found in ordinary words; nobody could read the log. */
    private static final int SHORTEST = 4;

    /**
     * What group 1 has stays, the rest of the match goes. Headers may be shown as {@code name: value}, {@code name=value} or
     * in the words of a library; bytes of requests and answers with their escapes.
     */
    private static final List<Pattern> FORMS = List.of(
            // Keys of `key create`, also where they were cut.
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
            // Workers' tokens, which are a number and 32 random characters.
            Pattern.compile("(\\b\\d{1,18}\\.)(?=[A-Za-z0-9_-]*[A-Za-z_-])[A-Za-z0-9_-]{32}(?![A-Za-z0-9_.-])"),
            // User and password in an address.
            Pattern.compile("(\\b[a-z][a-z0-9+.-]*://[^\\s/@:]+:)[^\\s/@]+(?=@)"));

    private final Set<String> known = ConcurrentHashMap.newKeySet();

    /** Makes a password known. */
    void add(String secret) {
        if (secret != null && secret.length() >= SHORTEST) {
            known.add(secret);
        }
    }

    /** The text without secrets; the same object where there are none. */
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
