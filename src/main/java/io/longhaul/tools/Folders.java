package io.longhaul.tools;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.tools.spi.ToolCall;
import java.nio.file.Path;

/** Gives calls folders of their own, with the files that go in, and keeps the files that come out. */
public interface Folders {
    /**
     * Makes a folder, and puts the files in it that the params name.
     *
     * @param call who asks
     * @param files which params are files
     * @return the folder; to be closed
     * @throws CallFailure if a file is not there, or cannot be put in place
     * @throws InterruptedException when the call ends early
     */
    Folder open(ToolCall call, FileParams files) throws CallFailure, InterruptedException;

    /** The folder of one call. */
    interface Folder extends AutoCloseable {
        /**
         * The files that go in, each by its name.
         *
         * @return a folder
         */
        Path inputs();

        /**
         * Where the files are left that come out.
         *
         * @return a folder
         */
        Path outputs();

        /**
         * Where work can be done that nobody is to see.
         *
         * @return a folder
         */
        Path work();

        /**
         * For temporary files.
         *
         * @return a folder
         */
        Path temporary();

        /**
         * The params with the path of each file instead of what names it.
         *
         * @return a copy where there are files
         */
        JsonNode params();

        /**
         * The same as text, for tools that pass them on.
         *
         * @return one JSON value, without a line break
         */
        String paramsJson();

        /**
         * Stores what is in the folder of outputs; it shows once this attempt has completed its job. To be called when
         * nothing of the call runs any more.
         *
         * @throws CallFailure if something there is no file, or more or larger than allowed
         * @throws InterruptedException when the call ends early
         */
        void store() throws CallFailure, InterruptedException;

        /** Removes the folder with all that is in it. */
        @Override
        void close();
    }
}
