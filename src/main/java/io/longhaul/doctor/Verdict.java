package io.longhaul.doctor;

/** How a check came out. */
public enum Verdict {
    /** Nothing has to be changed. */
    OK,
    /** Something should be changed: jobs run, but slower or less safely than they could. */
    WARN,
    /** Something must be changed: jobs are lost, or do not run. */
    FAIL,
    /** The check could not be made; the message says why. */
    UNKNOWN
}
