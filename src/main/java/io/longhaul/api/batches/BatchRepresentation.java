package io.longhaul.api.batches;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.api.http.Times;
import io.longhaul.jobs.Batch;
import java.util.UUID;

/**
 * A batch as clients see it.
 *
 * @param batchId its id
 * @param total how many jobs it was made with
 * @param counts how many of them are where
 * @param createdAt when it was accepted
 * @param endedAt when it was seen that all its jobs had ended, about a second after that at the latest; or null
 */
@JsonNaming(SnakeCaseStrategy.class)
record BatchRepresentation(UUID batchId, int total, Counts counts, String createdAt, String endedAt) {
    /**
     * Jobs by status.
     *
     * @param pending wait
     * @param running run
     * @param completed ended well
     * @param failed failed
     * @param cancelled were called off
     * @param removed ended, and their time to be kept is over
     */
    record Counts(int pending, int running, int completed, int failed, int cancelled, int removed) {}

    static BatchRepresentation of(Batch b) {
        return new BatchRepresentation(
                b.id(),
                b.total(),
                new Counts(b.pending(), b.running(), b.completed(), b.failed(), b.cancelled(), b.removed()),
                Times.iso(b.createdAt()),
                Times.iso(b.endedAt()));
    }
}
