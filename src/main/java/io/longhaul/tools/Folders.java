package io.longhaul.tools;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.tools.spi.ToolCall;
import java.nio.file.Path;

/** Gives calls folders of their own with their input files, and keeps their output files. */
public interface Folders {
    /**
     * Makes a folder and puts the files that the params name in it.
     *
     * @return the folder; to be closed
     * @throws CallFailure if a file does not exist or cannot be written
     * @throws InterruptedException when the call ends early
     */
    Folder open(ToolCall call, FileParams files) throws CallFailure, InterruptedException;

    /** The folder of one call. */
    interface Folder extends AutoCloseable {
        Path path();

        /** Folder of the input files, each by its name. */
        default Path inputs() {
            return path().resolve("inputs");
        }

        /** Folder in which the program leaves output files. */
        default Path outputs() {
            return path().resolve("outputs");
        }

        /** Folder for work that is not kept. */
        default Path work() {
            return path().resolve("work");
        }

        /** Folder for temporary files. */
        default Path temporary() {
            return path().resolve("tmp");
        }

        /** The params with the path of each file in place of its id or data URL; a copy if there are files. */
        JsonNode params();

        /** The params of {@link #params} as one JSON value without a line break. */
        String paramsJson();

        /**
         * Stores the output files; they are shown once this attempt has completed its job. Call it when no process of
         * the call runs any more.
         *
         * @throws CallFailure if an output is not a file, or there are more or larger ones than allowed
         * @throws InterruptedException when the call ends early
         */
        void store() throws CallFailure, InterruptedException;

        /** Removes the folder with all its contents. */
        @Override
        void close();
    }
}
