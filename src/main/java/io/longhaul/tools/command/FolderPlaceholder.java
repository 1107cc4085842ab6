package io.longhaul.tools.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.tools.Folders.Folder;
import io.longhaul.tools.settings.ParamPath;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Placeholders of a command for the folders of its call. */
enum FolderPlaceholder {
    /** Input files. */
    INPUTS,
    /** Output files. */
    OUTPUTS,
    /** Work that is not kept. */
    WORK;

    /** The name between braces. */
    String placeholder() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The folder's path in a call. */
    Path in(Folder folder) {
        return switch (this) {
            case INPUTS -> folder.inputs();
            case OUTPUTS -> folder.outputs();
            case WORK -> folder.work();
        };
    }

    /** The folder for a placeholder, unless the params have a property of that name. */
    static Optional<FolderPlaceholder> of(ParamPath path, JsonNode schema) {
        return schema.path("properties").has(path.segments().get(0))
                ? Optional.empty()
                : Arrays.stream(values())
                        .filter(folder -> path.toString().equals(folder.placeholder()))
                        .findFirst();
    }

    /** The folder if a setting is nothing but its placeholder, such as {@code {outputs}}. */
    static Optional<FolderPlaceholder> of(String setting) {
        return Arrays.stream(values())
                .filter(folder -> setting.equals("{" + folder.placeholder() + "}"))
                .findFirst();
    }
}
