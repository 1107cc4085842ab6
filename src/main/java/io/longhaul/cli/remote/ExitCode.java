package io.longhaul.cli.remote;

/** What a command tells the shell. */
final class ExitCode {
    /** Done; a job that was waited for completed. */
    static final int DONE = 0;

    /** The job failed or was cancelled. */
    static final int FAILED = 1;

    /** The command is wrong, or the server refused it. */
    static final int REFUSED = 2;

    /** No server answered, it asked to come back later, or the job had not ended in time. */
    static final int NOT_NOW = 3;

    private ExitCode() {}
}
