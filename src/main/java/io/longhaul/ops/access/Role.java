package io.longhaul.ops.access;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** What a principal may do. One role includes others; nobody needs two. */
public enum Role {
    /** Nothing but what is open to all; no key has it. */
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

    /**
     * Whether this role includes another.
     *
     * @param needed what is asked for
     * @return true also for the role itself
     */
    public boolean covers(Role needed) {
        return switch (this) {
            case NONE -> false;
            case READ, WORK -> this == needed;
            case SUBMIT -> Set.of(READ, SUBMIT).contains(needed);
            case OPERATE -> EnumSet.range(READ, OPERATE).contains(needed);
            case ADMIN -> true;
        };
    }

    /**
     * Its name in commands, configuration and messages.
     *
     * @return lower case
     */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
