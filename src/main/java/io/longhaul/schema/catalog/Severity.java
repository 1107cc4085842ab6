package io.longhaul.schema.catalog;

/** Effect of a difference between expected and found schema on traffic. */
public enum Severity {
    /** Jobs could be lost, refused or run wrong: the node must not serve. */
    FATAL,
    /** Everything works, but slower or with less protection than promised. */
    DEGRADED,
    /** This release does not notice it. */
    BENIGN,
}
