package io.longhaul.logging;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Removes secrets from texts for the log: those with a known form, those after a name that announces them, and known
 * passwords.
 */
final class LoggedSecrets {
    /** Replaces a secret. */
    static final String MARK = "[secret]";

    /** A line that nobody would read to its end costs the log more than it tells. */
    private static final int LONGEST = 32_000;

    /** Shorter secrets would match parts of ordinary words and make the log unreadable. */
    private static final int SHORTEST = 4;

    /** A character of a secret that may stand in quotes or in a list. */
    private static final String PART = "[^\\s\"',;<>|)\\]}\\\\]";

    /**
     * What is no secret where one may stand: one that is struck out already, the name of a shell's variable and nothing
     * else, and the command that makes a key. Hints for people hold these; a secret with a dollar sign in it is none.
     */
    private static final String NONE = "(?-i:\\[secret|(?:Bearer )?\\$(?:[A-Z_][A-Z0-9_]*+|\\{[A-Z_][A-Z0-9_]*+})(?!"
            + PART + ")|\\$\\([^()\\n]{1,300} key create )";

    /**
     * Group 1 stays, the rest of the match is replaced. Headers may be logged as {@code name: value},
     * {@code name=value} or in a library's own form; bytes of requests and answers with escapes.
     *
     * <p>Others choose these texts, so each form is looked for once in a run of characters that it may be in, from the
     * run's beginning: begun again at each character, a search of 64,000 would take minutes.
     */
    private static final List<Form> FORMS = List.of(
            // Keys of `key create`, even if cut off.
            new Form("(\\blh_[0-9a-f]{10}_)[0-9a-f]{4,48}", "lh_"),
            new Form("(\\bwhsec_)[A-Za-z0-9+/=_-]{4,}", "whsec_"),
            // JSON Web Tokens.
            new Form("(?<![\\w-])((?>[\\w-]*?\\beyJ))[\\w-]{5,}+(?:\\.[\\w-]*+){1,4}", "eyj"),
            new Form("(/v1/callbacks/)[A-Za-z0-9._~%-]+", "/v1/callbacks/"),
            new Form(
                    "(?i)(\\b(?:Proxy-)?Authorization[\"']?\\s*[:=]\\s*[\"'\\[]*)(?!" + NONE
                            + ")(?:(?:Bearer|Basic)\\s+)?" + PART + "+",
                    "authorization"),
            new Form("(?i)(\\b(?:Bearer|Basic)[ :=]+)[A-Za-z0-9._~+/=-]{4,}", "bearer", "basic"),
            new Form(
                    "(?i)(\\b(?:X-API-Key|Longhaul-Worker-Token|Cookie|Set-Cookie)[\"']?\\s*[:=]\\s*[\"'\\[]*)(?!"
                            + NONE + ")" + PART + "+",
                    "key",
                    "token",
                    "cookie"),
            new Form(
                    "(?i)(?<!\\w)((?>\\w*?(?:password|passwd|pwd|secret|worker_token|api_?key|callback_token)(?!s\\b))\\w*+"
                            + "[\"']?\\s*+[:=]\\s*[\"']?)"
                            + "(?!" + NONE + ")[^\\s\"',;&<>|)\\]}\\\\]+",
                    "pass",
                    "pwd",
                    "secret",
                    "token",
                    "key"),
            // Workers' tokens: a number and 32 random characters.
            new Form("(\\b\\d{1,18}\\.)(?=[A-Za-z0-9_-]*[A-Za-z_-])[A-Za-z0-9_-]{32}(?![A-Za-z0-9_.-])", "."),
            // User and password in an address.
            new Form("(://[^\\s/@:]++:)[^\\s/@]++(?=@)", "@"));

    /**
     * Secrets that look alike.
     *
     * @param pattern finds them
     * @param hints parts in lower case of which every such text has one: looking for these takes a tenth of the time
     */
    private record Form(Pattern pattern, List<String> hints) {
        Form(String pattern, String... hints) {
            this(Pattern.compile(pattern), List.of(hints));
        }

        boolean mayBeIn(String lowerCase) {
            for (String hint : hints) {
                if (lowerCase.contains(hint)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** Rotated secrets add up while the server runs, and each is looked for in each line. */
    private static final int MOST_ROTATING = 300;

    private final Set<String> kept = new HashSet<>();

    /** In the order of their last uses. */
    private final Set<String> rotating = new LinkedHashSet<>();

    /** In all their forms, the longest first: one may be part of another. */
    private volatile List<String> known = List.of();

    /** Adds a password that has no known form, for as long as the server runs. */
    synchronized void add(String secret) {
        if (isLongEnough(secret) && kept.add(secret)) {
            know();
        }
    }

    /** Adds a secret that may be replaced, and is added again at each use; the ones used last are known. */
    synchronized void addRotating(String secret) {
        if (!isLongEnough(secret)) {
            return;
        }
        boolean isNew = !rotating.remove(secret);
        rotating.add(secret);
        if (rotating.size() > MOST_ROTATING) {
            rotating.remove(rotating.iterator().next());
        }
        if (isNew) {
            know();
        }
    }

    private static boolean isLongEnough(String secret) {
        return secret != null && secret.length() >= SHORTEST;
    }

    private void know() {
        known = Stream.concat(kept.stream(), rotating.stream())
                .flatMap(LoggedSecrets::forms)
                .distinct()
                .sorted(Comparator.comparing(String::length).reversed())
                .toList();
    }

    /** As it is, and as it stands in addresses, in JSON and in headers. */
    private static Stream<String> forms(String secret) {
        return Stream.of(
                secret,
                URLEncoder.encode(secret, StandardCharsets.UTF_8),
                secret.replace("\\", "\\\\").replace("\"", "\\\""),
                Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8)));
    }

    /** The text without secrets, and cut if it is very long; the same object if neither changes it. */
    String without(String text) {
        String clean = text;
        for (String secret : known) {
            clean = clean.contains(secret) ? clean.replace(secret, MARK) : clean;
        }
        // Cut only then: of a secret that is cut in two, the first half would not be recognized.
        clean = cut(withoutForms(clean));
        return Objects.equals(clean, text) ? text : clean;
    }

    private static String cut(String text) {
        return text.length() > LONGEST
                ? "%s… (%d more characters)".formatted(text.substring(0, LONGEST), text.length() - LONGEST)
                : text;
    }

    /** The text without secrets of a known form. */
    static String withoutForms(CharSequence text) {
        String lowerCase = text.toString().toLowerCase(Locale.ROOT);
        CharSequence clean = text;
        for (Form form : FORMS) {
            clean = form.mayBeIn(lowerCase) ? struck(form.pattern(), clean) : clean;
        }
        return clean.toString();
    }

    private static CharSequence struck(Pattern form, CharSequence text) {
        Matcher matcher = form.matcher(text);
        return matcher.find() ? matcher.replaceAll(LoggedSecrets::marked) : text;
    }

    private static String marked(MatchResult match) {
        return Matcher.quoteReplacement(match.group(1) + MARK);
    }
}
