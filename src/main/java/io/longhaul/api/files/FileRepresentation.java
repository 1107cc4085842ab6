package io.longhaul.api.files;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.api.http.Times;
import io.longhaul.files.StoredFile;
import java.util.UUID;

/**
 * A file as clients see it.
 *
 * @param fileId what params name it by
 * @param name without a path
 * @param bytes its size
 * @param sha256 64 hexadecimal digits
 * @param mediaType as its uploader said
 * @param createdAt when its upload began
 * @param expiresAt when it is removed unless a job has it
 */
@JsonNaming(SnakeCaseStrategy.class)
record FileRepresentation(
        UUID fileId, String name, long bytes, String sha256, String mediaType, String createdAt, String expiresAt) {
    static FileRepresentation of(StoredFile file) {
        return new FileRepresentation(
                file.id(),
                file.name(),
                file.bytes(),
                file.sha256(),
                file.mediaType(),
                Times.iso(file.createdAt()),
                Times.iso(file.expiresAt()));
    }
}
