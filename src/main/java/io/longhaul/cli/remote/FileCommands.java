package io.longhaul.cli.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.client.LonghaulClient;
import io.longhaul.client.LonghaulException;
import io.longhaul.environment.FileFault;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code file}: input files of jobs to the server, output files from it. */
@Command(name = "file", description = "Brings input files of jobs to a server, and fetches output files.")
final class FileCommands {
    private final Shell shell;

    FileCommands(Shell shell) {
        this.shell = shell;
    }

    @Command(
            name = "put",
            description = "Uploads a file and prints its id, which params of jobs can name.",
            footer = {
                "Examples:",
                "  ${ROOT-COMMAND-NAME} file put genome.fa",
                "  ${ROOT-COMMAND-NAME} job submit fasta.split file=$(${ROOT-COMMAND-NAME} file put genome.fa)"
            })
    int put(
            @Parameters(paramLabel = "FILE", description = "path of a file") Path file,
            @Option(names = "--name", paramLabel = "NAME", description = "another name for it") String name,
            @Mixin Remote remote) {
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            throw new Misuse(file + " is no file that can be read");
        }
        String called = name == null ? file.getFileName().toString() : name;
        return remote.await(client -> {
            JsonNode uploaded = client.upload(called, file);
            return remote.show(uploaded, Text.of(uploaded, "file_id"));
        });
    }

    @Command(
            name = "list",
            description = "Lists the output files of a job, or the uploaded files in its params.",
            footer = {
                "Examples:",
                "  ${ROOT-COMMAND-NAME} file list 3f2504e0-4f89-41d3-9a0c-0305e82c3301",
                "  ${ROOT-COMMAND-NAME} file list 3f2504e0-4f89-41d3-9a0c-0305e82c3301 --inputs --json"
            })
    int list(
            @Parameters(paramLabel = "JOB", description = "id of a job") UUID job,
            @Option(names = "--inputs", description = "the uploaded files in its params") boolean inputs,
            @Mixin Watching watching,
            @Mixin Remote remote) {
        return remote.ask(client -> {
            JsonNode files = client.send("GET", "/v1/jobs/" + job + "/files", null);
            Table table = new Table("PARAM", "NAME", "SIZE", "TYPE", "FILE", "SHA256");
            return new Answers(client, remote)
                    .list(
                            files.path(inputs ? "inputs" : "files"),
                            table,
                            file -> table.row(
                                    Text.of(file, "param"),
                                    Text.of(file, "name"),
                                    Text.bytes(file.path("bytes").longValue()),
                                    Text.of(file, "media_type"),
                                    Text.of(file, "file_id"),
                                    Text.of(file, "sha256")),
                            inputs ? "The job has no input files." : "The job has no output files.");
        });
    }

    @Command(
            name = "get",
            description = "Downloads a file by its id, or an output file of a job by its name.",
            footer = {
                "Examples:",
                "  ${ROOT-COMMAND-NAME} file get 3f2504e0-4f89-41d3-9a0c-0305e82c3301 report.csv",
                "  ${ROOT-COMMAND-NAME} file get e58ed763-928c-4155-bee9-fdbaaadc1506 --output - | head"
            })
    int get(
            @Parameters(index = "0", paramLabel = "ID", description = "id of a file, or of a job") UUID id,
            @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "name of the job's file")
                    String name,
            @Option(
                            names = {"--output", "-o"},
                            paramLabel = "PATH",
                            description = "where it goes, or - for standard output; without it the name, here")
                    String output,
            @Mixin Remote remote) {
        if (name == null && output == null) {
            throw new Misuse(
                    "write --output PATH: the id of a file does not tell its name; or the NAME of the file behind the id"
                            + " of a job, see file list JOB");
        }
        boolean printed = output != null && output.equals("-");
        if (printed && remote.json()) {
            throw new Misuse("--output - prints the file: leave out --json");
        }
        Path target = printed ? null : output == null ? here(name) : Path.of(output);
        return remote.await(client -> {
            UUID file = name == null ? id : outputOf(client, id, name);
            try {
                return printed ? print(client, file) : save(client, file, target, output != null, remote);
            } catch (LonghaulException e) {
                throw name == null && "FILE_NOT_FOUND".equals(e.errorCode()) ? ofJob(client, id, remote, e) : e;
            }
        });
    }

    /** Whoever has the id of a job alone lacks the name of the file. */
    private static RuntimeException ofJob(LonghaulClient client, UUID id, Remote remote, LonghaulException e) {
        try {
            client.get(id);
        } catch (LonghaulException none) {
            return e;
        }
        return new Misuse(id + " is a job: write the name of its file behind it. " + remote.called("file list " + id)
                + " shows them");
    }

    /** A name that a job chose does not replace a file, and leads nowhere else. */
    private static Path here(String name) {
        Path target = Path.of(name);
        if (target.isAbsolute() || target.getNameCount() != 1 || name.startsWith(".")) {
            throw new Misuse("\"" + target + "\" may lead elsewhere: write --output PATH");
        }
        return target;
    }

    /** Names may have signs that no path of HTTP can have, so that files are fetched by their ids. */
    private static UUID outputOf(LonghaulClient client, UUID job, String name) {
        return client.send("GET", "/v1/jobs/" + job + "/files", null)
                .path("files")
                .valueStream()
                .filter(file -> file.path("name").asText().equals(name))
                .map(file -> UUID.fromString(file.path("file_id").asText()))
                .findFirst()
                .orElseThrow(
                        () -> new Misuse("job " + job + " has no file of this name: file list shows those it has"));
    }

    private int print(LonghaulClient client, UUID file) {
        try {
            client.download(path(file), shell.out().writer());
            return ExitCode.DONE;
        } catch (IOException e) {
            throw shell.out().failed(e);
        }
    }

    private static String path(UUID file) {
        return "/v1/files/" + file;
    }

    private int save(LonghaulClient client, UUID file, Path target, boolean chosen, Remote remote) {
        try {
            long bytes = new SavedFile(target, chosen).fill(out -> client.download(path(file), out));
            shell.say(target + ": " + Text.bytes(bytes));
            ObjectNode saved = JsonNodeFactory.instance.objectNode().put("file_id", file.toString());
            return remote.show(saved.put("file", target.toString()).put("bytes", bytes));
        } catch (FileAlreadyExistsException e) {
            throw new Misuse(target + " is there already: write --output PATH, which replaces it");
        } catch (IOException e) {
            throw new Misuse(target + " cannot be written: " + FileFault.ofWriting(e));
        }
    }
}
