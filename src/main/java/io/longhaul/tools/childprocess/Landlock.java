package io.longhaul.tools.childprocess;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.util.Optional;

/**
 * Landlock, by which a Linux process without any rights can give up some. A program that begins in a domain of its own
 * reaches no process outside of that domain: not its memory, environment or descriptors and, from Linux 6.12 on, no
 * signal. It keeps everything else, except that it can gain no rights any more (no sudo) and cannot change limits of
 * others. Costs three system calls.
 */
final class Landlock {
    private static final int CREATE_RULESET = 444;
    private static final int ADD_RULE = 445;
    private static final int RESTRICT_SELF = 446;
    private static final int NO_NEW_PRIVS = 38;
    private static final int ASK_VERSION = 1;
    private static final int PATH_BENEATH = 1;

    /** The right to move files between folders, which every domain denies unless a rule grants it. */
    private static final long REFER = 1 << 13;

    private static final long SCOPE_SIGNALS = 1 << 1;

    /**
     * Capabilities by which root reads other processes from within any domain: CAP_SYS_MODULE, CAP_SYS_RAWIO,
     * CAP_SYS_PTRACE, CAP_SYS_ADMIN, CAP_PERFMON, CAP_BPF, CAP_CHECKPOINT_RESTORE.
     */
    private static final int[] READ_ALL = {16, 17, 19, 21, 38, 39, 40};

    private static final int DROP_CAPABILITY = 24;

    /** Linux 5.19, the first in which a domain need not deny anything with files. */
    private static final int KNOWS_REFER = 2;

    /** Linux 6.12. */
    private static final int KNOWS_SIGNALS = 6;

    private final int rules;
    private final boolean stopsSignals;

    private Landlock(int rules, boolean stopsSignals) {
        this.rules = rules;
        this.stopsSignals = stopsSignals;
    }

    /**
     * Finds the best domain that this machine's Linux supports; empty if it is too old, or has Landlock switched off,
     * or a container forbids it.
     */
    static Optional<Landlock> find() {
        if (Libc.MISSING != null) {
            return Optional.empty();
        }
        long version = Libc.syscall(CREATE_RULESET, 0, 0, ASK_VERSION, 0);
        return version < KNOWS_REFER ? Optional.empty() : of(version >= KNOWS_SIGNALS);
    }

    /** Creates a domain, with the denial of signals or as on an older Linux. */
    static Optional<Landlock> of(boolean stopsSignals) {
        int rules = stopsSignals ? signals() : files();
        return rules < 0 ? Optional.empty() : Optional.of(new Landlock(rules, stopsSignals));
    }

    private static int signals() {
        try (CMemory memory = new CMemory()) {
            long attributes = memory.zeros(3 * Long.BYTES);
            new Pointer(attributes).setLong(2 * Long.BYTES, SCOPE_SIGNALS);
            return (int) Libc.syscall(CREATE_RULESET, attributes, 3 * Long.BYTES, 0, 0);
        }
    }

    /** A domain must deny a right: here the denied right is granted again for all folders. */
    private static int files() {
        int root = Libc.open("/", Libc.O_PATH | Libc.O_CLOEXEC);
        try (CMemory memory = new CMemory()) {
            long attributes = memory.zeros(Long.BYTES);
            new Pointer(attributes).setLong(0, REFER);
            int rules = (int) Libc.syscall(CREATE_RULESET, attributes, Long.BYTES, 0, 0);
            long everywhere = memory.zeros(Long.BYTES + Integer.BYTES);
            new Pointer(everywhere).setLong(0, REFER);
            new Pointer(everywhere).setInt(Long.BYTES, root);
            return Libc.syscall(ADD_RULE, rules, PATH_BENEATH, everywhere, 0) == 0 ? rules : -1;
        } finally {
            Libc.close(root);
        }
    }

    boolean stopsSignals() {
        return stopsSignals;
    }

    /**
     * Puts the calling thread, and all that it starts, into a new domain for good. The thread must do only this one
     * thing and end.
     *
     * @return the system's error, or 0
     */
    int restrictThread() {
        for (int capability : READ_ALL) {
            // Fails for all users but root, who alone has these capabilities.
            var unused = Libc.prctl(DROP_CAPABILITY, capability, 0, 0, 0);
        }
        if (Libc.prctl(NO_NEW_PRIVS, 1, 0, 0, 0) != 0
                || Libc.syscall(RESTRICT_SELF, rules, 0, 0, 0) != 0
                || !LimitsFilter.restrictThread()) {
            return Native.getLastError();
        }
        return 0;
    }
}
