package io.longhaul.schema.catalog;

/** What a difference between expected and found schema means for traffic. */
public enum Severity {
    /** Jobs could be lost, refused or run wrong: the node must not serve. */
    FATAL,
    /** Everything works, but slower or with less protection than promised. */
    DEGRADED,
    /** Nothing that this release would notice. */
    BENIGN,
}
