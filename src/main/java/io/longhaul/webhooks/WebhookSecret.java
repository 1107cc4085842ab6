package io.longhaul.webhooks;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The key that an endpoint and this server share; signs messages as Standard Webhooks defines. */
public final class WebhookSecret {
    private static final String PREFIX = "whsec_";
    private static final String ALGORITHM = "HmacSHA256";

    /** The specification's recommendation. */
    private static final int FEWEST_BYTES = 24;

    private static final int MOST_BYTES = 64;
    private static final int USUAL_BYTES = 32;

    /** The rule for writing a secret. */
    public static final String FORM =
            "must be whsec_ and the Base64 of " + FEWEST_BYTES + " to " + MOST_BYTES + " bytes";

    private static final SecureRandom RANDOM = new SecureRandom();

    private final byte[] key;

    private WebhookSecret(byte[] key) {
        this.key = key;
    }

    /** Creates a secret of 32 random bytes. */
    public static WebhookSecret random() {
        byte[] key = new byte[USUAL_BYTES];
        RANDOM.nextBytes(key);
        return new WebhookSecret(key);
    }

    /** Reads {@code whsec_} and Base64; empty if the text is not a secret. */
    public static Optional<WebhookSecret> parse(String text) {
        if (!text.startsWith(PREFIX)) {
            return Optional.empty();
        }
        try {
            byte[] key = Base64.getDecoder().decode(text.substring(PREFIX.length()));
            boolean holds = key.length >= FEWEST_BYTES && key.length <= MOST_BYTES;
            return holds ? Optional.of(new WebhookSecret(key)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The secret as {@code whsec_} and Base64, to be stored and to be shown once. */
    public String reveal() {
        return PREFIX + Base64.getEncoder().encodeToString(key);
    }

    /**
     * Signs a message.
     *
     * @param id of the message
     * @param epochSeconds time of sending
     * @return {@code v1,} and the Base64 of the HMAC-SHA256
     */
    public String sign(String id, long epochSeconds, byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            mac.update((id + "." + epochSeconds + ".").getBytes(StandardCharsets.UTF_8));
            return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has HmacSHA256", e);
        }
    }

    /** Hides the key. */
    @Override
    public String toString() {
        return PREFIX + "...";
    }
}
