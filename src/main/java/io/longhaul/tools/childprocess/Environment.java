package io.longhaul.tools.childprocess;

import io.longhaul.tools.CallFailure;
import io.longhaul.tools.secrets.Scrubber;
import io.longhaul.tools.secrets.Secret;
import io.longhaul.tools.settings.Checks;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolCall;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The environment variables of a command: some of the server's own, by name, and those of the configuration. The rest
 * of the server's environment, which may hold passwords, is left out.
 */
public final class Environment {
    /** Variables that programs usually need; none is secret. */
    public static final List<String> USUAL =
            List.of("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "TZ", "USER");

    /** Marks each process of one call, also those that leave its process group. */
    public static final String CALL = "LONGHAUL_CALL";

    /** The system's program folders: the search path when the server has no PATH. */
    static final String PATH_OF_SYSTEM = "/usr/local/bin:/usr/bin:/bin";

    /** Output files in deeper folders are not kept. */
    private static final int DEEPEST = 20;

    private final Map<String, String> fixed = new TreeMap<>();
    private final Set<String> configured;
    private final Map<String, Secret> secrets = new TreeMap<>();
    private final String tool;

    /**
     * Selects the variables.
     *
     * @param server the server's own environment
     * @param pass names of variables to take from it
     * @param added further variables; they win
     */
    public Environment(String tool, Map<String, String> server, List<String> pass, Map<String, String> added) {
        this.tool = tool;
        added.forEach(Environment::check);
        fixed.putAll(server);
        fixed.keySet().retainAll(pass);
        fixed.putIfAbsent("PATH", PATH_OF_SYSTEM);
        fixed.putAll(added);
        configured = Set.copyOf(added.keySet());
    }

    /**
     * Adds variables whose values are read anew for each process.
     *
     * @param more secrets by the names of their variables; an optional one that is missing is left out
     */
    public Environment withSecrets(Map<String, Secret> more) {
        more.keySet().forEach(name -> check(name, ""));
        secrets.putAll(more);
        return this;
    }

    private static void check(String name, String value) {
        Checks.that(
                !name.isEmpty() && name.indexOf('=') < 0,
                "'%s' cannot be the name of a variable in env or secret_env: a name is not empty and has no =",
                name);
        Checks.noNul("a name in env or secret_env", name);
        Checks.noNul("the value of " + name + " in env", value);
    }

    /** The folders in which programs are searched, separated by colons. */
    public String searchPath() {
        return fixed.get("PATH");
    }

    /** Sets a variable unless the configuration sets it. */
    public void putUnlessConfigured(Map<String, String> variables, String name, String value) {
        if (!configured.contains(name)) {
            variables.put(name, value);
        }
    }

    /** Creates a scrubber for the current values of the secret variables; a secret may change later. */
    public Scrubber scrubber() {
        return new Scrubber(secrets.values().stream()
                .flatMap(secret -> secret.value().stream())
                .toList());
    }

    /**
     * Refuses files with a secret in their names, because names are kept and shown unchanged.
     *
     * @param folder with the files to be kept
     */
    public void checkNames(Path folder) throws CallFailure {
        if (secrets.isEmpty()) {
            return;
        }
        Scrubber scrubber = scrubber();
        try (Stream<Path> files = Files.walk(folder, DEEPEST)) {
            if (files.map(file -> folder.relativize(file).toString())
                    .anyMatch(name -> !name.equals(scrubber.text(name)))) {
                throw new CallFailure(
                        FailureKind.TOOL_ERROR,
                        "The command left a file with one of its secrets in the name, which is not kept: let it choose another name.");
            }
        } catch (IOException | UncheckedIOException e) {
            // Storing the files meets the same error, and reports it.
        }
    }

    /**
     * The variables of a process that serves many calls.
     *
     * @param id marks its descendants; unique to the process
     */
    public Map<String, String> marked(String id) {
        Map<String, String> variables = new TreeMap<>(fixed);
        secrets.forEach((name, secret) -> secret.value().ifPresent(value -> variables.put(name, value)));
        variables.put(CALL, id);
        return variables;
    }

    /**
     * The variables of one call.
     *
     * @param id unique to the call
     */
    public Map<String, String> of(ToolCall call, String id) {
        Map<String, String> variables = marked(id);
        variables.put("LONGHAUL_JOB_ID", call.jobId());
        variables.put("LONGHAUL_ATTEMPT", Integer.toString(call.attempt()));
        variables.put("LONGHAUL_TOOL", tool);
        variables.put("LONGHAUL_TRACE_ID", call.traceId());
        call.traceparent().ifPresent(header -> variables.put("TRACEPARENT", header));
        return variables;
    }
}
