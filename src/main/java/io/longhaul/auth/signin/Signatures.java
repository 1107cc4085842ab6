package io.longhaul.auth.signin;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signatures that only nodes with the same secret can make. */
final class Signatures {
    private static final String ALGORITHM = "HmacSHA256";

    private final byte[] key;

    /**
     * Derives a key from a secret.
     *
     * @param secret of this server at the provider
     * @param context names provider and server, so that a secret that is used twice makes two keys
     */
    Signatures(String secret, String context) {
        key = mac(secret.getBytes(StandardCharsets.UTF_8), "longhaul sign-in " + context);
    }

    /** Forty-three characters. The purpose keeps signatures for different uses apart; it has no space. */
    String of(String purpose, String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(mac(key, purpose + " " + text));
    }

    /** Takes the same time wherever the texts differ. */
    boolean isOf(String purpose, String text, String sent) {
        return isEqual(of(purpose, text), sent);
    }

    static boolean isEqual(String made, String sent) {
        return MessageDigest.isEqual(
                made.getBytes(StandardCharsets.US_ASCII), sent.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] mac(byte[] secret, String text) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret, ALGORITHM));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has " + ALGORITHM, e);
        }
    }
}
