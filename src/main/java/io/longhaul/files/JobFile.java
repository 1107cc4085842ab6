package io.longhaul.files;

import java.util.UUID;

/**
 * A file of a job.
 *
 * @param place for a file that went in the JSON pointer to its param, for one that came out its path
 * @param id of the file
 * @param name without a path
 * @param mediaType as its uploader said, or as its name lets guess
 * @param bytes its size
 * @param sha256 digest of what is in it, 64 hexadecimal digits
 */
public record JobFile(String place, UUID id, String name, String mediaType, long bytes, String sha256) {}
