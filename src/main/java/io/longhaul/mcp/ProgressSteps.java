package io.longhaul.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.jobs.Progress;
import java.util.Objects;

/** The progress of a job in numbers that always rise, as the protocol wants them, whatever the tool tells. */
final class ProgressSteps {
    private Progress last;
    private double number = Double.NEGATIVE_INFINITY;

    /** Whether there is more to tell than last time. */
    boolean isNews(Progress progress) {
        return last == null
                || !Objects.equals(last.fraction(), progress.fraction())
                || !Objects.equals(last.message(), progress.message());
    }

    /** Writes it down. A tool that knows no share is counted by its messages. */
    void describe(Progress progress, ObjectNode params) {
        last = progress;
        if (progress.fraction() == null) {
            number = Math.max(0, Math.floor(number)) + 1;
        } else {
            number = progress.fraction() > number ? progress.fraction() : Math.nextUp(number);
        }
        params.put("progress", number);
        if (progress.fraction() != null && number <= 1) {
            params.put("total", 1);
        }
        if (progress.message() != null) {
            params.put("message", progress.message());
        }
    }
}
