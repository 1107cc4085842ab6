package io.longhaul.cli.remote;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** This process' standard output. It tells a reader that has seen enough, such as {@code head}, from a full disk. */
public final class StandardOutput extends OutputStream {
    private final OutputStream out = new FileOutputStream(FileDescriptor.out);

    /** The reader of a pipe has closed it. */
    static final class ReaderGone extends IOException {
        private static final long serialVersionUID = 1L;

        ReaderGone(IOException cause) {
            super(cause);
        }
    }

    @Override
    public void write(int single) throws IOException {
        write(new byte[] {(byte) single}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        try {
            out.write(bytes, from, length);
        } catch (IOException e) {
            throw isPipe() ? new ReaderGone(e) : e;
        }
    }

    /** Whether something that was printed by {@link System#out} could not be written, and a reader would have wanted it. */
    public static boolean isLost() {
        return System.out.checkError() && !isPipe();
    }

    /** The system's message is in the user's language. */
    private static boolean isPipe() {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
            return target.startsWith("pipe:") || target.startsWith("socket:");
        } catch (IOException e) {
            return true;
        }
    }
}
