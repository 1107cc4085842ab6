package io.longhaul.files;

import java.time.Instant;
import java.util.HexFormat;
import java.util.UUID;

/**
 * A complete file in the database. It never changes.
 *
 * @param id random, so that whoever knows it was told
 * @param name without a path
 * @param mediaType as its uploader said, or as its name lets guess
 * @param bytes its size
 * @param sha256 digest of what is in it
 * @param createdAt database time
 * @param expiresAt when it is removed unless a job has it
 */
public record StoredFile(
        UUID id, String name, String mediaType, long bytes, byte[] sha256, Instant createdAt, Instant expiresAt) {
    /**
     * The digest as text.
     *
     * @return 64 lower-case hexadecimal digits
     */
    public String sha256Hex() {
        return HexFormat.of().formatHex(sha256);
    }
}
