package io.longhaul.ops.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * A key as its owner holds it: {@code lh_}, the id by which it is listed and revoked, 160 random bits, and a checksum
 * by which typing errors and scanners for leaked keys know it without asking.
 */
public final class ApiKey {
    /** How every key begins, and no token. */
    static final String PREFIX = "lh_";

    private static final Pattern FORM = Pattern.compile("lh_([0-9a-f]{10})_([0-9a-f]{40})([0-9a-f]{8})");
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int ID_BYTES = 5;
    private static final int SECRET_BYTES = 20;

    private final String id;
    private final String text;

    private ApiKey(String id, String text) {
        this.id = id;
        this.text = text;
    }

    /**
     * Makes a new one.
     *
     * @return never the same twice
     */
    public static ApiKey random() {
        String id = hex(ID_BYTES);
        String body = PREFIX + id + "_" + hex(SECRET_BYTES);
        return new ApiKey(id, body + checksum(body));
    }

    /**
     * Reads what a client sent.
     *
     * @param text a key, or anything
     * @return empty if it cannot be a key
     */
    public static Optional<ApiKey> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        boolean valid = matcher.matches()
                && checksum(text.substring(0, matcher.start(3))).equals(matcher.group(3));
        return valid ? Optional.of(new ApiKey(matcher.group(1), text)) : Optional.empty();
    }

    /**
     * By what it is listed and revoked; no secret.
     *
     * @return ten hexadecimal digits
     */
    public String id() {
        return id;
    }

    /**
     * What is stored of it. It is random, so nothing slower than SHA-256 is needed.
     *
     * @return 64 hexadecimal digits
     */
    public String hash() {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JVM has SHA-256", e);
        }
    }

    /**
     * The key itself, to be shown to its owner once.
     *
     * @return what a client sends
     */
    public String reveal() {
        return text;
    }

    @Override
    public String toString() {
        return "key " + id;
    }

    private static String hex(int length) {
        byte[] bytes = new byte[length];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static String checksum(String body) {
        CRC32 sum = new CRC32();
        sum.update(body.getBytes(StandardCharsets.US_ASCII));
        return HexFormat.of().toHexDigits((int) sum.getValue());
    }
}
