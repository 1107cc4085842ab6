package io.longhaul.tools.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.tools.CallFailure;
import io.longhaul.tools.Folders.Folder;
import io.longhaul.tools.childprocess.Program;
import io.longhaul.tools.settings.Checks;
import io.longhaul.tools.settings.Template;
import io.longhaul.tools.settings.ToolConfigurationException;
import io.longhaul.tools.spi.FailureKind;
import java.nio.charset.CharsetEncoder;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The configured command: a program and groups of elements from which its arguments are made. No shell is involved, so
 * a param cannot leave its argument; one that could be taken for an option is refused.
 */
record Arguments(String program, List<List<Template>> groups, boolean allowDashes, Set<FolderPlaceholder> folders) {
    /**
     * Reads the command.
     *
     * @param command the program, then groups of elements; a group is left out as a whole when a param it names is
     *     absent
     * @param schema the params' schema, against which placeholders are checked
     * @param allowDashes whether a param may begin an argument with a hyphen
     */
    static Arguments parse(List<List<String>> command, JsonNode schema, boolean allowDashes) {
        if (command == null || command.isEmpty()) {
            throw new ToolConfigurationException("no command: add one, such as command: [wc, -l, \"{path}\"]");
        }
        List<List<Template>> groups =
                command.stream().skip(1).map(Arguments::group).toList();
        Set<FolderPlaceholder> folders = EnumSet.noneOf(FolderPlaceholder.class);
        groups.stream()
                .flatMap(List::stream)
                .flatMap(Template::paths)
                .forEach(path -> FolderPlaceholder.of(path, schema)
                        .ifPresentOrElse(folders::add, () -> path.checkAgainst("command", schema)));
        return new Arguments(program(group(command.get(0))), groups, allowDashes, folders);
    }

    /** Returns true if the command names a folder of the call. */
    boolean needsFolder() {
        return !folders.isEmpty();
    }

    private static String program(List<Template> group) {
        boolean literal = group.size() == 1
                && group.get(0).parts().size() == 1
                && group.get(0).paths().findAny().isEmpty();
        if (!literal) {
            throw new ToolConfigurationException(
                    "command starts with %s: its first element must be a program's name or path, not a param"
                            .formatted(group.stream().map(Template::source).toList()));
        }
        return ((Template.Part.Literal) group.get(0).parts().get(0)).text();
    }

    private static List<Template> group(List<String> elements) {
        if (elements == null || elements.contains(null)) {
            throw new ToolConfigurationException("an element of command is empty: remove it, or write \"\"");
        }
        elements.forEach(element -> Checks.noNul("an element of command", element));
        return elements.stream()
                .map(element -> Template.parse("command element", element))
                .toList();
    }

    /**
     * The arguments of one call, without the program.
     *
     * @param params with the paths of files
     * @param folder the call's own, or null if it has none
     * @throws CallFailure if a param cannot be an argument
     */
    List<String> fill(JsonNode params, Folder folder) throws CallFailure {
        return fill(folders.isEmpty() ? params : withFolders(params, folder));
    }

    private JsonNode withFolders(JsonNode params, Folder folder) {
        ObjectNode all = params.isObject() ? params.deepCopy() : JsonNodeFactory.instance.objectNode();
        folders.forEach(one -> all.put(one.placeholder(), one.in(folder).toString()));
        return all;
    }

    private List<String> fill(JsonNode params) throws CallFailure {
        List<String> arguments = new ArrayList<>();
        // After "--" programs take everything as an operand.
        boolean optionsEnded = false;
        for (List<Template> group : groups) {
            List<List<String>> filled =
                    group.stream().map(template -> template.fill(params)).toList();
            if (filled.stream().anyMatch(List::isEmpty)) {
                continue;
            }
            for (int i = 0; i < filled.size(); i++) {
                check(group.get(i), filled.get(i), optionsEnded);
                arguments.addAll(filled.get(i));
                optionsEnded |= group.get(i).source().equals("--");
            }
        }
        return arguments;
    }

    private void check(Template template, List<String> arguments, boolean optionsEnded) throws CallFailure {
        for (String argument : arguments) {
            if (template.startsWithParam() && argument.startsWith("-") && !optionsEnded && !allowDashes) {
                throw failure(
                        template,
                        "begins with a hyphen and could be taken for an option",
                        "send another value (./-name for a file), or let the tool's configuration put \"--\" before it"
                                + " or say allow_dashes: true");
            }
            if (argument.indexOf('\0') >= 0) {
                throw failure(template, "holds a NUL character, which no argument can", "remove it");
            }
            if (!canEncode(argument)) {
                throw failure(
                        template,
                        "has characters that the server's locale (" + Program.CHARSET + ") cannot pass on",
                        "start the server with LC_ALL=C.UTF-8, or let the program read its params from standard input");
            }
        }
    }

    private static boolean canEncode(String argument) {
        CharsetEncoder encoder = Program.CHARSET.newEncoder();
        return encoder.canEncode(argument);
    }

    private static CallFailure failure(Template template, String what, String cure) {
        return new CallFailure(
                FailureKind.INVALID_PARAMS, "The value for %s %s: %s.".formatted(template.source(), what, cure));
    }
}
