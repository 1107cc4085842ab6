package io.longhaul.tools.settings;

/** Decides about a job whose worker was lost. */
public enum OnWorkerLoss {
    /** Run it again on another worker; right for tools that may safely start twice. */
    RETRY,
    /** Fail it; right for tools whose side effects must not happen twice. */
    FAIL,
}
