package io.longhaul.tools.command;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.annotation.Nulls;
import io.dropwizard.util.DataSize;
import io.dropwizard.util.Duration;
import io.longhaul.environment.Variables;
import io.longhaul.tools.FileParams;
import io.longhaul.tools.OutputMode;
import io.longhaul.tools.ToolContext;
import io.longhaul.tools.ToolFactory;
import io.longhaul.tools.childprocess.CallProcesses;
import io.longhaul.tools.childprocess.Environment;
import io.longhaul.tools.childprocess.Isolation;
import io.longhaul.tools.childprocess.Limits;
import io.longhaul.tools.childprocess.Program;
import io.longhaul.tools.secrets.Secret;
import io.longhaul.tools.secrets.SecretScrubbingTool;
import io.longhaul.tools.settings.Checks;
import io.longhaul.tools.spi.Tool;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code type: command}: runs a program. {@code docs/tools/command.md} describes each setting. */
@JsonTypeName("command")
public final class CommandToolFactory extends ToolFactory {
    /** Content of the command's standard input. */
    enum Stdin {
        /** The params as one line of JSON. */
        PARAMS,
        /** The params as one line of JSON, then a line for each answer to a question; open until the command ends. */
        ANSWERS,
        /** Nothing. */
        NONE
    }

    /** The program and its arguments, with placeholders; a plain string stands for a group of one. */
    @JsonProperty
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
    private List<List<String>> command;

    @JsonProperty
    @JsonSetter(nulls = Nulls.SKIP)
    private Stdin stdin = Stdin.PARAMS;

    /** Reading of standard output when it has no result line. */
    @JsonProperty
    @JsonSetter(nulls = Nulls.SKIP)
    private OutputMode output = OutputMode.AUTO;

    /** Lets lines of standard output report progress, log lines, result and failure. */
    @JsonProperty
    private boolean protocol = true;

    @JsonProperty("max_output")
    @JsonSetter(nulls = Nulls.SKIP)
    private DataSize maxOutput = DataSize.mebibytes(16);

    @JsonProperty
    @JsonSetter(nulls = Nulls.SKIP, contentNulls = Nulls.FAIL)
    private Map<String, String> env = Map.of();

    @JsonProperty("secret_env")
    @JsonSetter(nulls = Nulls.SKIP, contentNulls = Nulls.FAIL)
    private Map<String, Secret> secretEnv = Map.of();

    /** Names of the server's own environment variables that the command gets too. */
    @JsonProperty("pass_env")
    @JsonSetter(nulls = Nulls.SKIP, contentNulls = Nulls.FAIL)
    private List<String> passEnv = Environment.USUAL;

    /** Relative to the server's working directory, or a folder of the call such as {outputs}. */
    @JsonProperty("working_directory")
    @JsonSetter(nulls = Nulls.SKIP)
    private String workingDirectory = "";

    /** Time to stop before the command is killed. */
    @JsonProperty
    @JsonSetter(nulls = Nulls.SKIP)
    private Duration grace = Duration.milliseconds(CallProcesses.USUAL_GRACE.toMillis());

    /** Lets a param begin an argument with a hyphen. */
    @JsonProperty("allow_dashes")
    private boolean allowDashes;

    /** Exit codes worth another attempt; by default all but the fatal ones. */
    @JsonProperty("retryable_exit_codes")
    @JsonSetter(nulls = Nulls.SKIP, contentNulls = Nulls.FAIL)
    private Set<Integer> retryableExitCodes = Set.of();

    /** Exit codes that another attempt cannot change. */
    @JsonProperty("fatal_exit_codes")
    @JsonSetter(nulls = Nulls.SKIP, contentNulls = Nulls.FAIL)
    private Set<Integer> fatalExitCodes = Set.of();

    /** Gives calls folders of their own even if no other setting needs them. */
    @JsonProperty
    private boolean files;

    @JsonProperty
    @JsonSetter(nulls = Nulls.SKIP)
    private Limits limits = Limits.NONE;

    /** Isolates a command from the server's other processes. */
    @JsonProperty
    private boolean isolated = true;

    @Override
    public List<Tool> build(ToolContext toolContext) {
        limits.checkSystem();
        if (isolated) {
            Isolation.prepare();
        }
        FolderPlaceholder folder = FolderPlaceholder.of(workingDirectory).orElse(null);
        Arguments arguments = Arguments.parse(command, paramsSchema(), allowDashes);
        FileParams fileParams = FileParams.of(paramsSchema());
        boolean needsFolder = files || folder != null || fileParams.any() || arguments.needsFolder();
        CommandStart launch = new CommandStart(
                arguments,
                new Environment(name(), Variables.ofThisProcess(), passEnv, env).withSecrets(secretEnv),
                Program.directory(folder == null ? workingDirectory : ""),
                folder,
                limits,
                stdin,
                isolated);
        StandardOutput.Rules rules =
                new StandardOutput.Rules(output, protocol, Checks.size("max_output", maxOutput, "1B"));
        Checks.that(
                stdin != Stdin.ANSWERS || protocol,
                "stdin is answers and protocol is false: only protocol lines ask questions, so say protocol: true");
        ExitCodes exitCodes = new ExitCodes(Set.copyOf(retryableExitCodes), Set.copyOf(fatalExitCodes), limits);
        secretEnv.values().forEach(Secret::value);
        CommandTool.FolderUse use = new CommandTool.FolderUse(needsFolder, toolContext::folders, fileParams);
        Tool tool = new CommandTool(describe(), launch, rules, exitCodes, grace.toJavaDuration(), use);
        return List.of(SecretScrubbingTool.of(tool, List.copyOf(secretEnv.values())));
    }

    @Override
    public List<String> remarks() {
        // A path within a folder of the call exists only during the call.
        boolean early = FolderPlaceholder.of(workingDirectory).isEmpty()
                || !command.get(0).get(0).contains("/");
        Environment environment = new Environment(name(), Variables.ofThisProcess(), passEnv, env);
        return early
                ? Program.missing(
                        command.get(0).get(0),
                        environment.searchPath(),
                        Program.directory(FolderPlaceholder.of(workingDirectory).isEmpty() ? workingDirectory : ""))
                : List.of();
    }
}
