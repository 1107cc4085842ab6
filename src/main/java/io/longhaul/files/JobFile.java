package io.longhaul.files;

import java.util.UUID;

/**
 * A file of a job.
 *
 * @param place JSON pointer to the param of an input file, or path of an output file
 * @param name without a path
 * @param mediaType from its uploader, or guessed from its name
 * @param sha256 64 hexadecimal digits
 */
public record JobFile(String place, UUID id, String name, String mediaType, long bytes, String sha256) {}
