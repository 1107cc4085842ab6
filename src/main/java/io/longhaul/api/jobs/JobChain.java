package io.longhaul.api.jobs;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.api.description.Shape;
import java.util.List;
import java.util.UUID;

/**
 * The chain of a job: the jobs that it was submitted to run after, those after it, and in turn all that these are
 * connected with.
 *
 * @param jobId the job
 * @param jobs the jobs that the caller may see, those nearest to it first, itself before all; empty if it is in no chain
 * @param more true if there are more jobs than are shown
 */
@JsonNaming(SnakeCaseStrategy.class)
public record JobChain(UUID jobId, List<Member> jobs, boolean more) {
    /**
     * A job of the chain.
     *
     * @param jobId the job
     * @param tool its tool; null and left out if the job was removed
     * @param status its status; null and left out if the job was removed
     * @param createdAt time of its submit; null and left out if the job was removed
     * @param after jobs of the chain that it was submitted to run after
     * @param distance steps from the job that was asked for
     */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Member(
            UUID jobId,
            @JsonInclude(JsonInclude.Include.NON_NULL) String tool,

            @JsonInclude(JsonInclude.Include.NON_NULL)
            @Shape(values = {"pending", "running", "completed", "failed", "cancelled"})
            String status,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Shape(format = "date-time")
            String createdAt,

            List<UUID> after,
            int distance) {}
}
