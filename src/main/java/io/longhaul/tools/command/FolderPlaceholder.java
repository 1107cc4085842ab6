package io.longhaul.tools.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.tools.Folders.Folder;
import io.longhaul.tools.settings.ParamPath;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** A folder of a call, as a command names it. */
enum FolderPlaceholder {
    /** Where the files are that go in. */
    INPUTS,
    /** Where the files are left that come out. */
    OUTPUTS,
    /** Where work is done that nobody is to see. */
    WORK;

    /** What stands for it between braces. */
    String placeholder() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Where it is. */
    Path in(Folder folder) {
        return switch (this) {
            case INPUTS -> folder.inputs();
            case OUTPUTS -> folder.outputs();
            case WORK -> folder.work();
        };
    }

    /** The folder that a placeholder means, unless the params have something of that name. */
    static Optional<FolderPlaceholder> of(ParamPath path, JsonNode schema) {
        return schema.path("properties").has(path.segments().get(0))
                ? Optional.empty()
                : Arrays.stream(values())
                        .filter(folder -> path.toString().equals(folder.placeholder()))
                        .findFirst();
    }

    /** The folder that a setting consists of, such as {@code {outputs}}. */
    static Optional<FolderPlaceholder> of(String setting) {
        return Arrays.stream(values())
                .filter(folder -> setting.equals("{" + folder.placeholder() + "}"))
                .findFirst();
    }
}
