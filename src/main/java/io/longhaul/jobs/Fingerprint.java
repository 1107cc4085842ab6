package io.longhaul.jobs;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Tells whether two submissions with the same idempotency key ask for the same. */
final class Fingerprint {
    private Fingerprint() {}

    /** SHA-256 of all that a client chose, in hexadecimal. The params count as text: the same request sent again. */
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
        String extras = s.extras().inBatch(null).json();
        if (extras != null) {
            payload += "\n" + extras;
        }
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(payload.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
