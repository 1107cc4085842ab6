package io.longhaul.tools.command;

import io.longhaul.tools.FileParams;
import io.longhaul.tools.Folders;
import io.longhaul.tools.Folders.Folder;
import io.longhaul.tools.Refusal;
import io.longhaul.tools.spi.ToolCall;
import java.util.function.Supplier;

/**
 * Whether calls have a folder of their own, and who makes it.
 *
 * @param needed false for commands that have no files: their calls cost nothing more
 * @param folders asked when a call begins
 * @param files which params are files
 */
record FolderUse(boolean needed, Supplier<Folders> folders, FileParams files) {
    /** The folder of a call, to be closed; null if it needs none. */
    Folder open(ToolCall call) throws Refusal, InterruptedException {
        return needed ? folders.get().open(call, files) : null;
    }
}
