package io.longhaul.files;

import io.longhaul.ids.TimedIds;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** The files in the database. They are written and read in pieces, each by a short statement. */
public final class FileStore {
    /** Large enough that statements cost little beside the bytes, small enough for many transfers at once. */
    static final int CHUNK = 256 * 1024;

    /** Bound on the connections for transfers: requests and jobs need connections, too. */
    private static final int AT_ONCE = 4;

    /** Lifetime of an attempt's output files until the job has ended, when the sweep extends it. */
    private static final Duration UNTIL_COMPLETED = Duration.ofHours(1);

    private final Jdbi jdbi;
    private final FilesConfiguration configuration;
    private final Semaphore connections = new Semaphore(AT_ONCE, true);

    public FileStore(Jdbi jdbi, FilesConfiguration configuration) {
        this.jdbi = jdbi;
        this.configuration = configuration;
    }

    public FilesConfiguration configuration() {
        return configuration;
    }

    /**
     * Stores an upload, which waits for a job.
     *
     * @param name checked by {@link FileName}
     * @param mediaType at most 255 characters
     * @param content read to its end
     * @param principal the owner, or null
     * @return the complete file
     * @throws FileTooLargeException if it has more bytes than allowed
     * @throws IOException if the content cannot be read
     */
    public StoredFile upload(String name, String mediaType, InputStream content, String principal)
            throws FileTooLargeException, IOException {
        UUID id = TimedIds.uuid();
        boolean complete = false;
        try {
            use(s -> s.begin(id, name, mediaType, principal));
            Digested digested = write(id, content, configuration.maxFileBytes());
            Optional<StoredFile> file = complete(id, digested, configuration.keepUpload());
            complete = file.isPresent();
            return file.orElseThrow(() -> new IOException("The upload took more than a day."));
        } finally {
            if (!complete) {
                removeQuietly(id);
            }
        }
    }

    /** Finds a complete file by its id. */
    public Optional<StoredFile> find(UUID id) {
        return run(s -> s.find(id));
    }

    /** Selects the files of a principal: it has uploaded them, or a job of it has them as input or output. */
    public Set<UUID> ofPrincipal(Collection<UUID> ids, String principal) {
        return run(s -> s.ofPrincipal(ids.toArray(UUID[]::new), principal));
    }

    /** The same in the caller's transaction. */
    public static Set<UUID> ofPrincipal(Handle handle, Collection<UUID> ids, String principal) {
        return handle.attach(FileStatements.class).ofPrincipal(ids.toArray(UUID[]::new), principal);
    }

    /** The uploaded files that go into a job, in the order of the pointers to their params. */
    public List<JobFile> inputs(UUID job) {
        return run(s -> s.inputs(job));
    }

    /** The output files of a job in the order of their paths; none unless it is completed. */
    public List<JobFile> outputs(UUID job) {
        return run(s -> s.outputs(job, null));
    }

    /** One output file of a job, by its path. */
    public Optional<JobFile> output(UUID job, String path) {
        return path.indexOf('\0') >= 0
                ? Optional.empty()
                : run(s -> s.outputs(job, path)).stream().findFirst();
    }

    /**
     * Copies bytes of a file.
     *
     * @param id a complete file
     * @param length at most the bytes that exist from there
     * @throws IOException if they cannot be written, or the file is removed meanwhile
     */
    public void copy(UUID id, long from, long length, OutputStream to) throws IOException {
        int chunk = (int) (from / CHUNK);
        int skip = (int) (from % CHUNK);
        for (long left = length; left > 0; chunk++) {
            byte[] data = read(id, chunk);
            int some = (int) Math.min(left, data.length - skip);
            to.write(data, skip, some);
            left -= some;
            skip = 0;
        }
    }

    private byte[] read(UUID id, int chunk) throws EOFException {
        return run(s -> s.read(id, chunk)).orElseThrow(() -> new EOFException("File " + id + " was removed."));
    }

    /** Size and digest of a written file. */
    record Digested(long bytes, String sha256) {}

    /** Writes the pieces of an inserted file. */
    Digested write(UUID id, InputStream content, long most) throws FileTooLargeException, IOException {
        MessageDigest digest = sha256();
        byte[] buffer = new byte[CHUNK];
        long bytes = 0;
        int chunk = 0;
        for (int length = content.readNBytes(buffer, 0, CHUNK);
                length > 0;
                length = content.readNBytes(buffer, 0, CHUNK)) {
            bytes += length;
            if (bytes > most) {
                throw new FileTooLargeException("The file is larger than the " + most + " bytes it may have.");
            }
            digest.update(buffer, 0, length);
            byte[] data = length == CHUNK ? buffer : Arrays.copyOf(buffer, length);
            int number = chunk++;
            use(s -> s.chunk(id, number, data));
        }
        return new Digested(bytes, HexFormat.of().formatHex(digest.digest()));
    }

    private Optional<StoredFile> complete(UUID id, Digested digested, Duration keep) {
        return run(s -> s.complete(id, digested.bytes(), digested.sha256(), keep.toSeconds()));
    }

    /** An output file of an attempt, before and after it is written. */
    record Left(UUID id, String path, String name, String mediaType, Digested digested) {
        Left with(Digested written) {
            return new Left(id, path, name, mediaType, written);
        }
    }

    void begin(Left file) {
        use(s -> s.begin(file.id(), file.name(), file.mediaType(), null));
    }

    /** Records the output files of an attempt, all at once. Repeating this changes nothing. */
    void leave(UUID job, int attempt, List<Left> files) {
        inTurn(() -> jdbi.inTransaction(handle -> {
            FileStatements statements = handle.attach(FileStatements.class);
            for (Left file : files) {
                statements.complete(
                        file.id(), file.digested().bytes(), file.digested().sha256(), UNTIL_COMPLETED.toSeconds());
            }
            statements.leave(
                    job,
                    attempt,
                    files.stream().map(Left::path).toArray(String[]::new),
                    files.stream().map(Left::id).toArray(UUID[]::new));
            return null;
        }));
    }

    private void removeQuietly(UUID id) {
        try {
            use(s -> s.remove(id));
        } catch (RuntimeException e) {
            // The sweep removes it in a day.
        }
    }

    private void use(Consumer<FileStatements> work) {
        run(s -> {
            work.accept(s);
            return null;
        });
    }

    private <T> T run(Function<FileStatements, T> work) {
        return inTurn(() -> jdbi.withExtension(FileStatements.class, work::apply));
    }

    private <T> T inTurn(Supplier<T> work) {
        connections.acquireUninterruptibly();
        try {
            return work.get();
        } finally {
            connections.release();
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
