package io.longhaul.doctor;

import io.longhaul.readiness.Condition;
import io.longhaul.schema.Diagnosis;

/**
 * What one check found.
 *
 * @param check what was looked at, such as {@code connections}
 * @param verdict how it came out
 * @param message what was seen, with the figure that justifies the verdict
 * @param cure the statement, command or action that helps; empty if nothing has to be done
 */
public record Result(String check, Verdict verdict, String message, String cure) {
    static Result ok(String check, String message) {
        return new Result(check, Verdict.OK, message, "");
    }

    static Result warn(String check, String message, String cure) {
        return new Result(check, Verdict.WARN, message, cure);
    }

    static Result fail(String check, String message, String cure) {
        return new Result(check, Verdict.FAIL, message, cure);
    }

    static Result unknown(String check, Diagnosis why) {
        return new Result(check, Verdict.UNKNOWN, why.cause(), why.cure());
    }

    /** What a node would show in {@code /health}; warns also of what holds and has a cure. */
    static Result of(Condition condition) {
        String cure = condition.cure() == null ? "" : condition.cure();
        boolean warns = condition.degraded() || !cure.isEmpty();
        Verdict verdict = !condition.ok() ? Verdict.FAIL : warns ? Verdict.WARN : Verdict.OK;
        return new Result(condition.name(), verdict, condition.message(), cure);
    }
}
