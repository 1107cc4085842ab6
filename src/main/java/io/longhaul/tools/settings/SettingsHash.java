package io.longhaul.tools.settings;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Identifies settings without revealing them: they may hold secrets. */
public final class SettingsHash {
    private SettingsHash() {}

    /**
     * The hash of some settings.
     *
     * @param values in a fixed order; null for one that is absent
     * @return 64 hexadecimal digits (SHA-256)
     */
    public static String of(String... values) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String value : values) {
                // The lengths keep ("a", "bc") apart from ("ab", "c").
                String framed = value == null ? "-" : value.length() + ":" + value;
                digest.update(framed.getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JVM has SHA-256", e);
        }
    }
}
