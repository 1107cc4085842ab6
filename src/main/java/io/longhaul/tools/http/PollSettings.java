package io.longhaul.tools.http;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import io.dropwizard.util.Duration;
import java.util.Map;

/**
 * The {@code poll:} block: how to ask for the state of work that was started.
 *
 * @param url where to ask; placeholders name params, {@code answer.x} and {@code headers.x}
 * @param interval wait between two questions
 * @param resultUrl where the result is fetched once the work is done; left out, the last status holds it
 * @param done what means done
 * @param failed what means failed
 * @param error JSON pointer to the reason of a failure
 * @param progress JSON pointer to a number
 * @param progressMax what that number is out of
 * @param message JSON pointer to a text
 * @param log JSON pointer to new log lines
 * @param result JSON pointer to the result
 */
record PollSettings(
        String url,
        Duration interval,
        @JsonProperty("result_url") String resultUrl,
        Map<String, JsonNode> done,
        Map<String, JsonNode> failed,
        String error,
        String progress,
        @JsonProperty("progress_max") Double progressMax,
        String message,
        String log,
        String result) {

    java.time.Duration pause() {
        return interval == null ? java.time.Duration.ofSeconds(5) : interval.toJavaDuration();
    }

    StatusRules rules() {
        return Pointers.rules("poll", done, failed, error, progress, progressMax, message, log, result);
    }
}
