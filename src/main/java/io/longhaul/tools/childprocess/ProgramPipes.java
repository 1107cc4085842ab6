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
 * ends are streams. Java closes the pipes of its own processes soon after their end, even while another process writes;
 * these end when the last writer ends.
 */
final class ProgramPipes implements Closeable {
    private static final String DESCRIPTORS = "/proc/self/fd/";

    /** The program's input, output and errors. None may be among 0 to 2, to which they are moved. */
    private final int[] theirs = {-1, -1, -1};

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
                ends.input = ends.writeTo(0);
            } else {
                ends.theirs[0] = high(Libc.open("/dev/null", Libc.O_RDONLY | Libc.O_CLOEXEC));
            }
            ends.output = ends.readFrom(1);
            ends.errors = ends.readFrom(2);
            return ends;
        } catch (IOException e) {
            ends.close();
            throw e;
        }
    }

    private OutputStream writeTo(int which) throws IOException {
        int ours = pipe(which, 0);
        try {
            return new FileOutputStream(DESCRIPTORS + ours);
        } finally {
            Libc.close(ours);
        }
    }

    private InputStream readFrom(int which) throws IOException {
        int ours = pipe(which, 1);
        try {
            return new PipeStream(new FileInputStream(DESCRIPTORS + ours));
        } finally {
            Libc.close(ours);
        }
    }

    /** Makes a pipe, keeps one end for the program and returns the other. */
    private int pipe(int which, int theirEnd) throws IOException {
        int[] ends = new int[2];
        if (Libc.pipe2(ends, Libc.O_CLOEXEC) != 0) {
            throw Libc.lastError();
        }
        theirs[which] = high(ends[theirEnd]);
        return ends[1 - theirEnd];
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
        for (int descriptor : theirs) {
            if (descriptor >= 0) {
                Libc.close(descriptor);
            }
        }
        if (!started) {
            input.close();
            if (output != null) {
                output.close();
            }
            if (errors != null) {
                errors.close();
            }
        }
    }
}
