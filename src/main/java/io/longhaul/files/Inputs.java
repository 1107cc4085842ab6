package io.longhaul.files;

import io.longhaul.tools.CallFailure;
import io.longhaul.tools.DataUrl;
import io.longhaul.tools.FileParams;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolCall;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Puts the input files of a call into its folder. */
final class Inputs {
    /** The name of an inline file without one. */
    private static final String NAMELESS = "input";

    private final FileStore store;
    private final ToolCall call;
    private final Path folder;
    private final Map<String, String> paths = new LinkedHashMap<>();
    private final Map<UUID, Path> fetched = new HashMap<>();

    /** Numbers of the folders to try next, by the names of files. */
    private final Map<String, Integer> next = new HashMap<>();

    Inputs(FileStore store, ToolCall call, Path folder) {
        this.store = store;
        this.call = call;
        this.folder = folder;
    }

    /** Paths of the files, by the pointers to their params. */
    Map<String, String> paths() {
        return paths;
    }

    void fetch(FileParams.Place place) throws IOException, CallFailure, InterruptedException {
        DatabaseRetry.checkGoesOn(call);
        Optional<UUID> id = place.id();
        Path path = id.isPresent() ? fetch(id.get()) : write(place);
        paths.put(place.pointer(), path.toString());
    }

    private Path fetch(UUID id) throws IOException, CallFailure, InterruptedException {
        if (!fetched.containsKey(id)) {
            fetched.put(id, copy(id));
        }
        return fetched.get(id);
    }

    private Path copy(UUID id) throws IOException, CallFailure, InterruptedException {
        try {
            StoredFile file = DatabaseRetry.with(call, () -> store.find(id).orElseThrow(() -> gone(id)));
            Path path = free(file.name());
            return DatabaseRetry.with(call, () -> {
                try (OutputStream out = Files.newOutputStream(path)) {
                    store.copy(id, 0, file.bytes(), out);
                } catch (EOFException e) {
                    throw gone(id);
                }
                return path;
            });
        } catch (FileTooLargeException e) {
            throw new IllegalStateException("Nothing is measured here", e);
        }
    }

    private static CallFailure gone(UUID id) {
        return new CallFailure(
                FailureKind.INVALID_PARAMS,
                "There is no file " + id + ", or no longer: upload it again and submit another job.");
    }

    private Path write(FileParams.Place place) throws IOException, CallFailure, InterruptedException {
        DataUrl url = DataUrl.parse(place.value())
                .orElseThrow(() -> new CallFailure(
                        FailureKind.INVALID_PARAMS,
                        "The param at " + place.pointer()
                                + " is neither the id of a file nor a data: URL that can be read: submit another job, with data:;base64, and"
                                + " the file in base64."));
        return Files.write(free(url.name() == null ? NAMELESS : url.name()), url.bytes());
    }

    /** A free path for a file; in a folder of its own if another file has the name. */
    private Path free(String name) throws IOException, CallFailure, InterruptedException {
        try {
            Path path = folder.resolve(name);
            while (Files.exists(path) || Files.isRegularFile(path.getParent())) {
                DatabaseRetry.checkGoesOn(call);
                int number = next.merge(name, 2, (tried, first) -> tried + 1);
                path = folder.resolve(Integer.toString(number)).resolve(name);
            }
            Files.createDirectories(path.getParent());
            return path;
        } catch (InvalidPathException e) {
            throw new CallFailure(
                    FailureKind.UNAVAILABLE,
                    "The file name " + name + " has characters that the server's locale cannot express: start the"
                            + " server with LC_ALL=C.UTF-8.");
        }
    }
}
