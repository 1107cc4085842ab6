package io.longhaul.events;

/** The channels of NOTIFY. A notification says only where to look again; a lost one costs a poll interval. */
final class Channel {
    /** Jobs may be ready to be claimed. */
    static final String READY = "longhaul_ready";

    /** Jobs may have ended. */
    static final String ENDED = "longhaul_ended";

    /** The job named in the payload was cancelled. */
    static final String CANCEL = "longhaul_cancel";

    /** A question of the job named in the payload was answered. */
    static final String INPUT = "longhaul_input";

    private Channel() {}
}
