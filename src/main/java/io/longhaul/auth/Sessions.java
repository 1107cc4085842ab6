package io.longhaul.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Sessions of people who signed in with a key. A session names the key and its own end, and is signed with the stored
 * hash of the key: it is valid on every node and is stored on none, the key cannot be found from it, and it ends with
 * the key.
 */
public final class Sessions {
    /** A working day: who stays longer signs in again. */
    public static final Duration LENGTH = Duration.ofHours(12);

    private static final Pattern FORM = Pattern.compile("([0-9a-f]{10})\\.([0-9]{1,12})\\.([0-9a-f]{64})");
    private static final String ALGORITHM = "HmacSHA256";

    private final ApiKeys keys;
    private final Clock clock;

    public Sessions(ApiKeys keys, Clock clock) {
        this.keys = keys;
        this.clock = clock;
    }

    /** Begins a session; empty if the text is not a valid key. */
    public Optional<String> begin(String text) {
        Optional<ApiKey> key = ApiKey.parse(text.strip());
        if (key.isEmpty() || keys.principal(text.strip()).isEmpty()) {
            return Optional.empty();
        }
        String claim = key.get().id() + "." + clock.instant().plus(LENGTH).getEpochSecond();
        return Optional.of(claim + "." + signature(claim, key.get().hash()));
    }

    /** The person of a session; empty if it is not a session of ours, or has ended. */
    public Optional<Principal> principal(String session) {
        Matcher parts = FORM.matcher(session);
        if (!parts.matches()
                || Long.parseLong(parts.group(2)) <= clock.instant().getEpochSecond()) {
            return Optional.empty();
        }
        String claim = parts.group(1) + "." + parts.group(2);
        return keys.principal(parts.group(1), hash -> isEqual(signature(claim, hash), parts.group(3)));
    }

    private static boolean isEqual(String made, String sent) {
        return MessageDigest.isEqual(
                made.getBytes(StandardCharsets.US_ASCII), sent.getBytes(StandardCharsets.US_ASCII));
    }

    /** The first word keeps it apart from whatever else may once be signed with the hash. */
    private static String signature(String claim, String hash) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(hash.getBytes(StandardCharsets.US_ASCII), ALGORITHM));
            return HexFormat.of().formatHex(mac.doFinal(("session " + claim).getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has " + ALGORITHM, e);
        }
    }
}
