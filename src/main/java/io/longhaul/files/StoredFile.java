package io.longhaul.files;

import java.time.Instant;
import java.util.UUID;

/**
 * A complete file in the database. It never changes.
 *
 * @param id random, so that whoever knows it was told
 * @param name without a path
 * @param mediaType as its uploader said, or as its name lets guess
 * @param bytes its size
 * @param sha256 digest of what is in it, 64 hexadecimal digits
 * @param principal who uploaded it; null for nobody, and for what jobs left
 * @param createdAt database time
 * @param expiresAt when it is removed unless a job has it
 */
public record StoredFile(
        UUID id,
        String name,
        String mediaType,
        long bytes,
        String sha256,
        String principal,
        Instant createdAt,
        Instant expiresAt) {}
