package io.longhaul.files;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.ids.TimedIds;
import io.longhaul.tools.CallFailure;
import io.longhaul.tools.FileParams;
import io.longhaul.tools.Folders;
import io.longhaul.tools.childprocess.HeldFile;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolCall;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Folders of calls on this node; their files are stored in the database. */
public final class CallFolders implements Folders {
    private final FileStore store;
    private static final Logger LOG = LoggerFactory.getLogger("longhaul.files");

    private final NodeFolder node;
    private final AtomicInteger left = new AtomicInteger();

    public CallFolders(FileStore store) {
        this.store = store;
        this.node = new NodeFolder(store.configuration().root());
    }

    /** Removes folders that calls of dead servers left on this machine. May take a while. */
    public void sweep() {
        left.addAndGet(node.sweep());
    }

    /**
     * The number of folders that could not be removed whole since this node started: of its own calls, and of dead
     * servers.
     */
    public int left() {
        return left.get();
    }

    @Override
    public Folder open(ToolCall call, FileParams files) throws CallFailure, InterruptedException {
        try {
            return open(node.make(), call, files);
        } catch (IOException e) {
            throw noRoom(e);
        }
    }

    private Folder open(Path made, ToolCall call, FileParams files)
            throws IOException, CallFailure, InterruptedException {
        CallFolder folder = null;
        boolean filled = false;
        try {
            folder = new CallFolder(call, made);
            folder.fill(files);
            filled = true;
            return folder;
        } finally {
            if (!filled && folder != null) {
                folder.close();
            } else if (!filled) {
                remove(made);
            }
        }
    }

    private void remove(Path made) {
        if (!FolderRemoval.remove(made)) {
            left.incrementAndGet();
        }
    }

    // Only operators need to know the path on the disk.
    private CallFailure noRoom(IOException e) {
        LOG.warn(
                "A folder for the files of a job in {} cannot be used: {}",
                store.configuration().root(),
                e.toString());
        return new CallFailure(
                FailureKind.UNAVAILABLE,
                "The folder for the files of this job cannot be used (%s): see that the node's disk has room and that the"
                                .formatted(OutputProblems.reason(e))
                        + " server's user may write there, or set files.folder; the node's log has the path.");
    }

    private final class CallFolder implements Folder {
        private final ToolCall caller;
        private final Path path;
        private final HeldFile call;
        private JsonNode params;
        private String paramsJson;

        CallFolder(ToolCall caller, Path path) throws IOException {
            this.caller = caller;
            this.path = path;
            for (Path folder : List.of(inputs(), outputs(), work(), temporary())) {
                Files.createDirectory(folder);
            }
            // Before the program starts, which may replace the folder.
            call = HeldFile.of(path);
        }

        void fill(FileParams files) throws IOException, CallFailure, InterruptedException {
            params = caller.params();
            paramsJson = caller.paramsJson();
            if (files.any()) {
                Inputs fetched = new Inputs(store, caller, inputs());
                for (FileParams.Place place : files.in(params)) {
                    fetched.fetch(place);
                }
                params = FileParams.with(params, fetched.paths());
                paramsJson = fetched.paths().isEmpty() ? paramsJson : params.toString();
            }
        }

        @Override
        public Path path() {
            return path;
        }

        @Override
        public JsonNode params() {
            return params;
        }

        @Override
        public String paramsJson() {
            return paramsJson;
        }

        @Override
        public void store() throws CallFailure, InterruptedException {
            try (HeldFile held = OutputProblems.folderIn(call, outputs())) {
                List<FileStore.Left> left = new ArrayList<>();
                for (Outputs.Output output : Outputs.in(held, outputs(), store.configuration())) {
                    left.add(store(output, held));
                }
                if (!left.isEmpty()) {
                    UUID job = UUID.fromString(caller.jobId());
                    DatabaseRetry.with(caller, () -> {
                        store.leave(job, caller.attempt(), left);
                        return null;
                    });
                }
            } catch (FileTooLargeException e) {
                throw new CallFailure(
                        FailureKind.FILE_TOO_LARGE, e.getMessage() + " It grew after its program had ended.");
            } catch (IOException e) {
                throw OutputProblems.unreadable(outputs(), "", e);
            }
        }

        private FileStore.Left store(Outputs.Output output, HeldFile held)
                throws IOException, CallFailure, FileTooLargeException, InterruptedException {
            FileStore.Left begun =
                    new FileStore.Left(TimedIds.uuid(), output.path(), output.name(), mediaType(output), null);
            return DatabaseRetry.with(caller, () -> {
                store.begin(begun);
                try (HeldFile file = output.in(held);
                        InputStream content = file.read()) {
                    return begun.with(store.write(
                            begun.id(), content, store.configuration().maxFileBytes()));
                } catch (IOException e) {
                    // Only the file is read here: database errors are not IOExceptions.
                    throw OutputProblems.unreadable(outputs().resolve(output.file()), output.path(), e);
                }
            });
        }

        /** By the end of its name; in an address, which Java takes the name for, a fragment would begin at the hash. */
        private static String mediaType(Outputs.Output output) {
            return Optional.ofNullable(
                            URLConnection.guessContentTypeFromName(output.name().replace('#', '-')))
                    .orElse("application/octet-stream");
        }

        @Override
        public void close() {
            call.close();
            remove(path);
        }
    }
}
