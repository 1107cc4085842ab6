package io.longhaul.auth;

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
 * A key as its owner holds it: {@code lh_}, an id for lists and revocation, 160 random bits, and a checksum that
 * reveals typing errors and lets scanners recognize leaked keys.
 */
public final class ApiKey {
    /** Begins every key and no token. */
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

    /** Makes a new key. */
    public static ApiKey random() {
        String id = hex(ID_BYTES);
        String body = PREFIX + id + "_" + hex(SECRET_BYTES);
        return new ApiKey(id, body + checksum(body));
    }

    /** Reads text that a client sent; empty if it cannot be a key. */
    public static Optional<ApiKey> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        boolean valid = matcher.matches()
                && checksum(text.substring(0, matcher.start(3))).equals(matcher.group(3));
        return valid ? Optional.of(new ApiKey(matcher.group(1), text)) : Optional.empty();
    }

    /** Ten hexadecimal digits for lists and revocation; not secret. */
    public String id() {
        return id;
    }

    /** The stored form: 64 hexadecimal digits. The key is random, so nothing slower than SHA-256 is needed. */
    public String hash() {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JVM has SHA-256", e);
        }
    }

    /** The key itself, to be shown to its owner once. */
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
