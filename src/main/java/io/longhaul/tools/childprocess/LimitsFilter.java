package io.longhaul.tools.childprocess;

import com.sun.jna.Native;
import com.sun.jna.Pointer;

/**
 * A seccomp filter that keeps a program from changing the limits of other processes ({@code prlimit64} with another
 * process's number): a limit of processor time would end the server. A program may still change its own limits. Costs
 * one system call at the start.
 */
final class LimitsFilter {
    private static final boolean ARM = System.getProperty("os.arch").equals("aarch64");

    private static final int SET_SECCOMP = 22;
    private static final int MODE_FILTER = 2;
    private static final int EINVAL = 22;

    private static final int ARCHITECTURE = ARM ? 0xC00000B7 : 0xC000003E;
    private static final int PRLIMIT = ARM ? 261 : 302;
    private static final int X32_CALL = 0x40000000;

    /** System call numbers of 32-bit programs, which the same kernel runs. */
    private static final int ARCHITECTURE_32 = ARM ? 0x40000028 : 0x40000003;

    private static final int PRLIMIT_32 = ARM ? 369 : 340;

    private static final int LOAD = 0x20;
    private static final int IF_EQUAL = 0x15;
    private static final int RETURN = 0x06;
    private static final int ALLOW = 0x7fff0000;
    private static final int NOT_PERMITTED = 0x00050001;

    /** Offsets at which a filter finds the call's number, the architecture and, as 64 bits each, the arguments. */
    private static final int NUMBER = 0;

    private static final int KIND = 4;
    private static final int PROCESS = 16;
    private static final int NEW_LIMIT = 32;
    private static final int NEW_LIMIT_HIGH = 36;

    /** Operation, value, and the number of steps to skip if it is equal and if it is not. */
    private static final int[][] STEPS = {
        {LOAD, KIND, 0, 0},
        {IF_EQUAL, ARCHITECTURE, 0, 3},
        {LOAD, NUMBER, 0, 0},
        {IF_EQUAL, PRLIMIT, 4, 0},
        {IF_EQUAL, PRLIMIT | X32_CALL, 3, 9},
        {IF_EQUAL, ARCHITECTURE_32, 0, 8},
        {LOAD, NUMBER, 0, 0},
        {IF_EQUAL, PRLIMIT_32, 0, 6},
        // A call that only reads has no new limit.
        {LOAD, NEW_LIMIT, 0, 0},
        {IF_EQUAL, 0, 0, 2},
        {LOAD, NEW_LIMIT_HIGH, 0, 0},
        {IF_EQUAL, 0, 2, 0},
        // 0 is the caller itself.
        {LOAD, PROCESS, 0, 0},
        {IF_EQUAL, 0, 0, 1},
        {RETURN, ALLOW, 0, 0},
        {RETURN, NOT_PERMITTED, 0, 0}
    };

    /** Kept for the lifetime of the JVM; 0 if the kernel has no filters. */
    private static final long PROGRAM = isKnown() ? program() : 0;

    private LimitsFilter() {}

    /** A kernel with filters fails on the null address with another error than one without. */
    private static boolean isKnown() {
        return Libc.prctl(SET_SECCOMP, MODE_FILTER, 0, 0, 0) != 0 && Native.getLastError() != EINVAL;
    }

    private static long program() {
        long steps = Native.malloc(STEPS.length * 8L);
        for (int i = 0; i < STEPS.length; i++) {
            Pointer step = new Pointer(steps + i * 8L);
            step.setShort(0, (short) STEPS[i][0]);
            step.setByte(2, (byte) STEPS[i][2]);
            step.setByte(3, (byte) STEPS[i][3]);
            step.setInt(4, STEPS[i][1]);
        }
        long program = Native.malloc(16);
        new Pointer(program).setLong(0, STEPS.length);
        new Pointer(program).setLong(8, steps);
        return program;
    }

    /**
     * Puts the calling thread, and all that it starts, behind the filter for good. The thread must have given up new
     * rights before.
     *
     * @return true also if the kernel has no filters
     */
    static boolean restrictThread() {
        return PROGRAM == 0 || Libc.prctl(SET_SECCOMP, MODE_FILTER, PROGRAM, 0, 0) == 0;
    }
}
