package io.longhaul.workers.remote;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A worker's token: its run, and a secret of which only the hash is stored. */
record WorkerToken(long worker, String secret) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,18})\\.([A-Za-z0-9_-]{20,100})");
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int BYTES = 24;

    static String newSecret() {
        byte[] bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    static Optional<WorkerToken> parse(String text) {
        Matcher matcher = FORM.matcher(text == null ? "" : text);
        return matcher.matches()
                ? Optional.of(new WorkerToken(Long.parseLong(matcher.group(1)), matcher.group(2)))
                : Optional.empty();
    }

    /** SHA-256 of the secret in hexadecimal: it is random, so nothing slower is needed. */
    static String hash(String secret) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JVM has SHA-256", e);
        }
    }

    String text() {
        return worker + "." + secret;
    }

    @Override
    public String toString() {
        return "worker " + worker;
    }
}
