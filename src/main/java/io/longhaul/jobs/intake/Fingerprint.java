package io.longhaul.jobs.intake;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Detects whether two submissions with the same idempotency key are the same request. */
final class Fingerprint {
    /** 128 bits, so that no two principals get the same prefix. */
    private static final int OWNER_DIGITS = 32;

    /** Width of the column. */
    private static final int LONGEST_KEY = 255;

    private Fingerprint() {}

    /** SHA-256 of everything a client chose, in hexadecimal. The params count as text. */
    static String of(Submission s) {
        String payload = String.join(
                "\n",
                s.tool(),
                String.valueOf(s.ttl()),
                String.valueOf(s.priority()),
                String.valueOf(s.runAt()),
                String.valueOf(s.maxAttempts()),
                String.valueOf(s.timeout()),
                s.params());
        String extras = s.extras().but(changed -> changed.batchId = null).json();
        if (extras != null) {
            payload += "\n" + extras;
        }
        return sha256(payload);
    }

    /**
     * The stored form of a principal's key, so that two principals may use the same key. Short keys keep their
     * order.
     */
    static String ofKey(String principal, String key) {
        String whole = sha256(principal).substring(0, OWNER_DIGITS) + ":" + key;
        return whole.codePointCount(0, whole.length()) <= LONGEST_KEY
                ? whole
                : sha256(principal).substring(0, OWNER_DIGITS) + ":" + sha256(key);
    }

    private static String sha256(String payload) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(payload.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
