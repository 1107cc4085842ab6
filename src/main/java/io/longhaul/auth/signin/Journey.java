package io.longhaul.auth.signin;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One way to the provider and back. The browser keeps a random seed meanwhile; all that the provider is told, and that
 * must come back from it, is made of the seed and the server's secret. So an answer counts only in the browser that
 * began, and once.
 *
 * @param seed random
 * @param begun when it began, in seconds since 1970
 * @param to where the person wanted to go
 */
record Journey(String seed, long begun, String to) {
    /** Longest time that a person may take at the provider. */
    static final Duration LONGEST = Duration.ofMinutes(10);

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SEED_BYTES = 16;
    private static final String PURPOSE = "journey";

    /** Longer addresses are not kept: a cookie has 4 KB. */
    private static final int LONGEST_ADDRESS = 1500;

    private static final Pattern FORM =
            Pattern.compile("([\\w-]{22})\\.([0-9]{1,12})\\.([\\w-]{0,2000})\\.([\\w-]{43})");

    /** @param usual where to go if the address is too long to be kept */
    static Journey begin(String to, String usual, Instant now) {
        byte[] seed = new byte[SEED_BYTES];
        RANDOM.nextBytes(seed);
        return new Journey(encoded(seed), now.getEpochSecond(), to.length() > LONGEST_ADDRESS ? usual : to);
    }

    /** What the browser keeps. */
    String cookie(Signatures signatures) {
        String text = seed + "." + begun + "." + encoded(to.getBytes(StandardCharsets.UTF_8));
        return text + "." + signatures.of(PURPOSE, text);
    }

    /** Reads what a browser kept; empty if it is not of this server, or too old. */
    static Optional<Journey> read(String cookie, Signatures signatures, Instant now) {
        Matcher parts = FORM.matcher(cookie);
        if (!parts.matches() || !signatures.isOf(PURPOSE, cookie.substring(0, parts.end(3)), parts.group(4))) {
            return Optional.empty();
        }
        String to = new String(Base64.getUrlDecoder().decode(parts.group(3)), StandardCharsets.UTF_8);
        Journey journey = new Journey(parts.group(1), Long.parseLong(parts.group(2)), to);
        return now.getEpochSecond() - journey.begun <= LONGEST.toSeconds() ? Optional.of(journey) : Optional.empty();
    }

    /** Comes back in the address, so that no other site can send people here with an answer of its own. */
    String state(Signatures signatures) {
        return signatures.of("state", seed);
    }

    /** Comes back in the ID token, so that no token of another sign-in counts. */
    String nonce(Signatures signatures) {
        return signatures.of("nonce", seed);
    }

    /** Proves that whoever brings the code began the journey (RFC 7636). */
    String verifier(Signatures signatures) {
        return signatures.of("verifier", seed);
    }

    /** What the provider is told of the verifier. */
    String challenge(Signatures signatures) {
        try {
            return encoded(MessageDigest.getInstance("SHA-256")
                    .digest(verifier(signatures).getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JVM has SHA-256", e);
        }
    }

    private static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
