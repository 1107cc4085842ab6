package io.longhaul.files;

import java.time.Instant;
import java.util.UUID;

/**
 * A complete file in the database. It never changes.
 *
 * @param id random, so that it cannot be guessed
 * @param name without a path
 * @param mediaType from its uploader, or guessed from its name
 * @param sha256 64 hexadecimal digits
 * @param principal the uploader; null without access control, and for output files
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
