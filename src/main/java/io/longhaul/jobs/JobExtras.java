package io.longhaul.jobs;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Rarely used members of a job. They are stored in columns that are null for other jobs, and travel to the database
 * as one JSON value, so that a plain job pays nothing for them.
 *
 * @param retry the job's own backoff, or null for the tool's policy
 * @param maxLosses number of lost workers after which the job fails, or null for the tool's policy
 * @param concurrencyKey limits how many jobs with the same key run at once; at most 255 characters, or null
 * @param fairnessKey jobs of a tool are taken from its fairness keys in turn; at most 255 characters, or null
 * @param batchId the batch it belongs to, or null
 * @param scheduleId the schedule that made it, or null
 * @param retryOf the ended job that it repeats, or null
 * @param after jobs that must end before it starts, empty for none
 * @param afterAny true if those may end in any way, false if all must complete
 * @param webhook an endpoint that is told of its end in addition to the subscribed ones, or null
 * @param principal name of the submitter, or null without authentication
 * @param startWithinSeconds time in which its first attempt must begin, or null for the tool's policy
 * @param traceSpan the caller's span and its flags, or null
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record JobExtras(
        @JsonProperty("retry") Backoff retry,
        @JsonProperty("max_losses") Integer maxLosses,
        @JsonProperty("concurrency_key") String concurrencyKey,
        @JsonProperty("fairness_key") String fairnessKey,
        @JsonProperty("batch_id") UUID batchId,
        @JsonProperty("schedule_id") UUID scheduleId,
        @JsonProperty("retry_of") UUID retryOf,
        @JsonProperty("after") List<UUID> after,

        @JsonProperty("after_any") @JsonInclude(JsonInclude.Include.NON_DEFAULT)
        boolean afterAny,

        @JsonProperty("webhook") OwnWebhook webhook,
        @JsonProperty("principal") String principal,
        @JsonProperty("start_within_seconds") Integer startWithinSeconds,
        @JsonProperty("trace_span") String traceSpan) {
    /** No extras, as for most jobs. */
    public static final JobExtras NONE =
            new JobExtras(null, null, null, null, null, null, null, List.of(), false, null, null, null, null);

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * The job's own waits between attempts; null members follow the tool's policy.
     *
     * @param backoffMillis wait after the first failure
     * @param multiplier factor from one wait to the next, 1 for a fixed wait
     * @param maxBackoffMillis the longest wait
     * @param jitter random share of the wait, 0.0 to 1.0
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Backoff(
            @JsonProperty("backoff_ms") Long backoffMillis,
            @JsonProperty("multiplier") Double multiplier,
            @JsonProperty("max_backoff_ms") Long maxBackoffMillis,
            @JsonProperty("jitter") Double jitter) {
        public static Backoff parse(String json) {
            return json == null ? null : read(json, Backoff.class);
        }
    }

    /** The members, set by name. */
    public static final class Draft {
        public Backoff retry;
        public Integer maxLosses;
        public String concurrencyKey;
        public String fairnessKey;
        public UUID batchId;
        public UUID scheduleId;
        public UUID retryOf;
        public List<UUID> after = List.of();
        public boolean afterAny;
        public OwnWebhook webhook;
        public String principal;
        public Integer startWithinSeconds;
        public String traceSpan;
    }

    /** Extras with some members set. */
    public static JobExtras of(Consumer<Draft> change) {
        return NONE.but(change);
    }

    /** A copy with some members changed. */
    public JobExtras but(Consumer<Draft> change) {
        Draft draft = new Draft();
        draft.retry = retry;
        draft.maxLosses = maxLosses;
        draft.concurrencyKey = concurrencyKey;
        draft.fairnessKey = fairnessKey;
        draft.batchId = batchId;
        draft.scheduleId = scheduleId;
        draft.retryOf = retryOf;
        draft.after = after;
        draft.afterAny = afterAny;
        draft.webhook = webhook;
        draft.principal = principal;
        draft.startWithinSeconds = startWithinSeconds;
        draft.traceSpan = traceSpan;
        change.accept(draft);
        return new JobExtras(
                draft.retry,
                draft.maxLosses,
                draft.concurrencyKey,
                draft.fairnessKey,
                draft.batchId,
                draft.scheduleId,
                draft.retryOf,
                draft.after,
                draft.afterAny,
                draft.webhook,
                draft.principal,
                draft.startWithinSeconds,
                draft.traceSpan);
    }

    /** A copy that belongs to a principal. The principal's name is its fairness key unless it has one. */
    public JobExtras ownedBy(String name) {
        return but(extras -> {
            extras.principal = name;
            extras.fairnessKey = fairnessKey == null ? name : fairnessKey;
        });
    }

    /** As JSON without the batch id, which is passed once for all jobs of a batch; null if empty. */
    public String json() {
        JobExtras own = batchId == null ? this : but(extras -> extras.batchId = null);
        if (own.equals(NONE)) {
            return null;
        }
        try {
            return JSON.writeValueAsString(own);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A record of texts and numbers is always JSON", e);
        }
    }

    static <T> T read(String json, Class<T> type) {
        try {
            return JSON.readValue(json, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A column of jobs does not hold the JSON that was written", e);
        }
    }
}
