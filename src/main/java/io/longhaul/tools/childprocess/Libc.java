package io.longhaul.tools.childprocess;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.longhaul.clib.CLibrary;
import java.io.IOException;

/**
 * Calls of the C library that Java does not offer. Pointers are numbers: memory of {@link CMemory} or of the library.
 * On 64-bit Linux only.
 */
final class Libc {
    /** The reason why it cannot be called, or null if it can. */
    static final String MISSING = CLibrary.bind(Libc.class);

    static final int O_RDONLY = 0;
    static final int O_PATH = 0x200000;
    static final int O_CLOEXEC = 0x80000;
    static final int O_NOFOLLOW = System.getProperty("os.arch").equals("aarch64") ? 0x8000 : 0x20000;
    static final int F_DUPFD_CLOEXEC = 1030;
    static final int SIGKILL = 9;
    static final int SIGTERM = 15;
    static final int EINTR = 4;
    static final int ENOENT = 2;
    static final int ENOEXEC = 8;
    static final int EACCES = 13;
    static final int ENOTDIR = 20;

    private Libc() {}

    static native int prctl(int option, long second, long third, long fourth, long fifth);

    static native long syscall(long number, long first, long second, long third, long fourth);

    static native int open(String path, int flags);

    static native int openat(int folder, long path, int flags);

    static native int close(int descriptor);

    static native int pipe2(int[] ends, int flags);

    static native int fcntl(int descriptor, int command, long argument);

    static native long read(int descriptor, long block, long most);

    static native long write(int descriptor, byte[] bytes, long length);

    static native int poll(long descriptors, long number, int timeout);

    static native int kill(int process, int signal);

    static native int waitid(int kind, int process, long information, int options);

    static native int waitpid(int process, int[] status, int options);

    static native Pointer strerror(int error);

    static native int posix_spawn(
            int[] process, long path, long actions, long attributes, long arguments, long environment);

    static native int posix_spawn_file_actions_init(long actions);

    static native int posix_spawn_file_actions_destroy(long actions);

    static native int posix_spawn_file_actions_adddup2(long actions, int descriptor, int becomes);

    static native int posix_spawn_file_actions_addopen(long actions, int descriptor, String path, int flags, int mode);

    static native int posix_spawn_file_actions_addchdir_np(long actions, long path);

    static native int posix_spawn_file_actions_addclosefrom_np(long actions, int first);

    static native int posix_spawnattr_init(long attributes);

    static native int posix_spawnattr_destroy(long attributes);

    static native int posix_spawnattr_setflags(long attributes, short flags);

    static native int posix_spawnattr_setsigdefault(long attributes, long signals);

    /** The error number of this thread's last call. */
    static int lastErrorNumber() {
        return Native.getLastError();
    }

    static IOException lastError() {
        return error(lastErrorNumber());
    }

    /** The error of a number, in the form of ProcessBuilder. */
    static IOException error(int number) {
        return new IOException("error=" + number + ", " + strerror(number).getString(0));
    }
}
