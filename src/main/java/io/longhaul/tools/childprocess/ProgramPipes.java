package io.longhaul.tools.childprocess;

import java.io.Closeable;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * The three pipes of a program: the program's ends are descriptors, closed here once the program has them; the server's
 * ends are descriptors, too, or streams. Java closes the pipes of its own processes soon after their end, even while another process writes;
 * these end when the last writer ends.
 */
final class ProgramPipes implements Closeable {
    private static final String DESCRIPTORS = "/proc/self/fd/";

    /** The program's input, output and errors. None may be among 0 to 2, to which they are moved. */
    private final int[] theirs = {-1, -1, -1};

    /** The server's ends of the same, until a stream has them or somebody takes them. */
    private final int[] ours = {-1, -1, -1};

    private OutputStream input = OutputStream.nullOutputStream();
    private InputStream output;
    private InputStream errors;
    private boolean started;

    /** A file's stream asks for its position now and then, which a pipe does not have. */
    private static final class PipeStream extends FilterInputStream {
        PipeStream(InputStream in) {
            super(in);
        }
    }

    /** {@code feeds} says whether the program's input is a pipe; otherwise that is empty. */
    static ProgramPipes open(boolean feeds) throws IOException {
        ProgramPipes ends = new ProgramPipes();
        try {
            if (feeds) {
                ends.pipe(0, 0);
            } else {
                ends.theirs[0] = high(Libc.open("/dev/null", Libc.O_RDONLY | Libc.O_CLOEXEC));
            }
            ends.pipe(1, 1);
            ends.pipe(2, 1);
            return ends;
        } catch (IOException e) {
            ends.close();
            throw e;
        }
    }

    /** Makes streams of the server's ends. */
    void openStreams() throws IOException {
        if (ours[0] >= 0) {
            input = new FileOutputStream(DESCRIPTORS + ours[0]);
            Libc.close(take(0));
        }
        output = new PipeStream(new FileInputStream(DESCRIPTORS + ours[1]));
        Libc.close(take(1));
        errors = new PipeStream(new FileInputStream(DESCRIPTORS + ours[2]));
        Libc.close(take(2));
    }

    /** The server's end, which the caller has to close from now on; -1 if there is none. */
    int take(int which) {
        int taken = ours[which];
        ours[which] = -1;
        return taken;
    }

    private void pipe(int which, int theirEnd) throws IOException {
        int[] ends = new int[2];
        if (Libc.pipe2(ends, Libc.O_CLOEXEC) != 0) {
            throw Libc.lastError();
        }
        ours[which] = ends[1 - theirEnd];
        theirs[which] = high(ends[theirEnd]);
    }

    private static int high(int descriptor) throws IOException {
        if (descriptor > 2) {
            return descriptor;
        }
        int moved = descriptor < 0 ? -1 : Libc.fcntl(descriptor, Libc.F_DUPFD_CLOEXEC, 3);
        IOException error = moved < 0 ? Libc.lastError() : null;
        Libc.close(descriptor);
        if (error != null) {
            throw error;
        }
        return moved;
    }

    int their(int which) {
        return theirs[which];
    }

    /** Keeps the server's ends open, because the program runs. */
    void started() {
        started = true;
    }

    OutputStream input() {
        return input;
    }

    InputStream output() {
        return output;
    }

    InputStream errors() {
        return errors;
    }

    @Override
    public void close() throws IOException {
        closeAll(theirs);
        if (!started) {
            closeAll(ours);
            input.close();
            if (output != null) {
                output.close();
            }
            if (errors != null) {
                errors.close();
            }
        }
    }

    private static void closeAll(int[] descriptors) {
        for (int descriptor : descriptors) {
            if (descriptor >= 0) {
                Libc.close(descriptor);
            }
        }
    }
}
