package io.longhaul.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.jobs.Progress;
import java.util.Objects;

/** Makes numbers that always rise from the progress of a job, because MCP demands it, whatever the tool reports. */
final class ProgressSteps {
    private Progress last;
    private double number;

    /**
     * Goes on where other streams stopped.
     *
     * @param number the last number that the client was told, or negative infinity
     */
    ProgressSteps(double number) {
        this.number = number;
    }

    /** The last number. */
    double number() {
        return number;
    }

    /** True if the progress differs from what was last described. */
    boolean isNews(Progress progress) {
        return last == null
                || !Objects.equals(last.fraction(), progress.fraction())
                || !Objects.equals(last.message(), progress.message());
    }

    /** Describes progress in the params of a notification. Without a fraction, each report counts as one step. */
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
