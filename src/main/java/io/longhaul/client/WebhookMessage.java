package io.longhaul.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A message that Longhaul has sent to a webhook, which follows Standard Webhooks.
 *
 * @param id of the message; it may come more than once, always with the same one
 * @param type such as {@code job.completed}
 * @param timestamp time of what it tells
 * @param data what it tells, such as {@code job_id}
 */
public record WebhookMessage(String id, String type, Instant timestamp, JsonNode data) {
    /** How far the clocks of sender and receiver may be apart, with the message's way. */
    private static final Duration TOLERANCE = Duration.ofMinutes(5);

    private static final String ALGORITHM = "HmacSHA256";
    private static final String SECRET_PREFIX = "whsec_";
    private static final String VERSION = "v1,";

    /**
     * Checks the signature and the time of a message, and reads it.
     *
     * @param secret what {@code POST /v1/webhooks} answered, or the job's own
     * @param header gives the value of a header, or null, such as {@code request::getHeader}
     * @param body as it came, not parsed
     * @throws WebhookSignatureException if the message must not be trusted
     * @throws IllegalArgumentException if the secret cannot be one
     */
    public static WebhookMessage verify(String secret, Function<String, String> header, byte[] body) {
        return verify(secret, header, body, Instant.now());
    }

    static WebhookMessage verify(String secret, Function<String, String> header, byte[] body, Instant now) {
        String id = required(header, "webhook-id");
        String sent = required(header, "webhook-timestamp");
        String signatures = required(header, "webhook-signature");
        if (!isNear(sent, now)) {
            throw new WebhookSignatureException("The message is too old, or a clock is wrong.");
        }
        byte[] wanted = (VERSION + signature(secret, id + "." + sent + ".", body)).getBytes(StandardCharsets.UTF_8);
        if (Stream.of(signatures.split(" "))
                .noneMatch(one -> MessageDigest.isEqual(wanted, one.getBytes(StandardCharsets.UTF_8)))) {
            throw new WebhookSignatureException("The signature is not that of this secret and body.");
        }
        return read(id, body);
    }

    private static String required(Function<String, String> header, String name) {
        String value = header.apply(name);
        if (value == null) {
            throw new WebhookSignatureException("The message has no header " + name + ".");
        }
        return value;
    }

    private static boolean isNear(String sent, Instant now) {
        // Twelve digits are thirty thousand years.
        return sent.matches("[0-9]{1,12}")
                && Math.abs(now.getEpochSecond() - Long.parseLong(sent)) <= TOLERANCE.toSeconds();
    }

    private static String signature(String secret, String head, byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(keyOf(secret), ALGORITHM));
            mac.update(head.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has " + ALGORITHM, e);
        }
    }

    private static byte[] keyOf(String secret) {
        String written = secret == null ? "" : secret;
        String base64 = written.startsWith(SECRET_PREFIX) ? written.substring(SECRET_PREFIX.length()) : written;
        try {
            byte[] key = Base64.getDecoder().decode(base64);
            if (key.length > 0) {
                return key;
            }
        } catch (IllegalArgumentException e) {
            // The message of the decoder would show parts of the secret.
        }
        throw new IllegalArgumentException("The secret of a webhook is whsec_ and Base64.");
    }

    private static WebhookMessage read(String id, byte[] body) {
        try {
            JsonNode json = Json.read(new String(body, StandardCharsets.UTF_8));
            return new WebhookMessage(id, Json.text(json, "type"), Json.time(json, "timestamp"), json.path("data"));
        } catch (JsonProcessingException e) {
            throw new WebhookSignatureException("The message is signed, but is not JSON.");
        }
    }
}
