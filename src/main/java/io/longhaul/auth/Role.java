package io.longhaul.auth;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** The permissions of a principal. A role includes weaker ones, so nobody needs two. */
public enum Role {
    /** Only what is open to all; no key has it. */
    NONE,
    /** See jobs, batches, schedules, tools, nodes, figures and events. */
    READ,
    /** Also submit, cancel and retry single jobs and batches, and invoke tools. */
    SUBMIT,
    /** Only the protocol of remote workers: register, claim and report; for a worker's own key. */
    WORK,
    /** All of the above, and change what others depend on: schedules, webhooks, pauses, bulk actions. */
    OPERATE,
    /** Everything, and see the log of what operators did. */
    ADMIN;

    /** True if this role includes the needed one or equals it. */
    public boolean covers(Role needed) {
        return switch (this) {
            case NONE -> false;
            case READ, WORK -> this == needed;
            case SUBMIT -> Set.of(READ, SUBMIT).contains(needed);
            case OPERATE -> EnumSet.range(READ, OPERATE).contains(needed);
            case ADMIN -> true;
        };
    }

    /** Its name in commands, configuration and messages, in lower case. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
