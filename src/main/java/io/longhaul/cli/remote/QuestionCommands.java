package io.longhaul.cli.remote;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.client.Input;
import io.longhaul.client.Job;
import io.longhaul.environment.Program;
import java.util.List;
import java.util.UUID;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code job inputs} and {@code job answer}: shows the questions of a job's tool, and answers them. */
final class QuestionCommands {
    private QuestionCommands() {}

    @Command(
            name = "inputs",
            description = "Shows what the tool of a job asks, and what it was answered.",
            footer = {
                "Examples:",
                "  ${ROOT-COMMAND-NAME} job inputs 3f2504e0-4f89-41d3-9a0c-0305e82c3301",
                "  ${ROOT-COMMAND-NAME} job inputs 3f2504e0-4f89-41d3-9a0c-0305e82c3301 --json"
            })
    static final class Inputs extends WatchedCommand {
        @Parameters(paramLabel = "ID", description = "id of a job")
        private UUID id;

        Inputs(Shell shell) {
            super(shell);
        }

        @Override
        public Integer call() {
            return remote().ask(client -> {
                client.inputs(id).forEach(input -> remote().show(json(input), text(id, input, remote())));
                return ExitCode.DONE;
            });
        }
    }

    @Command(
            name = "answer",
            description = "Answers a question of a job's tool, so that the job goes on.",
            footer = {
                "Examples:",
                "  ${ROOT-COMMAND-NAME} job answer 3f2504e0-4f89-41d3-9a0c-0305e82c3301 approve go=true",
                "  ${ROOT-COMMAND-NAME} job answer 3f2504e0-4f89-41d3-9a0c-0305e82c3301 approve --decline"
            })
    static final class Answer extends OneCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "id of a job")
        private UUID id;

        @Parameters(index = "1", paramLabel = "KEY", description = "the question; see job inputs")
        private String key;

        @Parameters(index = "2..*", arity = "0..*", paramLabel = "name=value", description = "the answer")
        private List<String> given = List.of();

        @Option(names = "--content", paramLabel = "JSON", description = "the answer as JSON, @FILE or -")
        private String content;

        @Option(names = "--decline", description = "refuses to answer")
        private boolean decline;

        Answer(Shell shell) {
            super(shell);
        }

        @Override
        public Integer call() {
            boolean answers = content != null || !given.isEmpty();
            if (decline == answers) {
                throw new Misuse("write an answer (name=value ..., or --content JSON), or --decline");
            }
            Text.part("KEY", key);
            return remote().ask(client -> {
                Input taken = answers
                        ? client.answer(id, key, Params.content(content, given, shell().in()))
                        : client.decline(id, key);
                return remote().show(json(taken));
            });
        }
    }

    private static String text(UUID job, Input input, Remote remote) {
        String asked = Text.plain(input.key() + ": " + input.message());
        if (input.isAnswered()) {
            String content = input.content() == null ? "" : " " + input.content();
            String by = input.answeredBy() == null ? "" : ", by " + input.answeredBy();
            return asked + "\n  " + Text.plain(input.action() + content + by);
        }
        String schema = input.schema() == null ? "" : "\n  the answer must match " + input.schema();
        return asked + Text.plain(schema) + "\n  answer it until " + input.expiresAt() + ": "
                + remote.called("job answer " + job + " " + Program.quoted(input.key()) + " ...");
    }

    private static ObjectNode json(Input input) {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("key", input.key())
                .put("message", input.message())
                .put("expires_at", String.valueOf(input.expiresAt()))
                .put("action", input.action());
        json.set("schema", input.schema());
        json.set("content", input.content());
        return json;
    }

    /** For the page of a job: what its tool asks. */
    static String asks(Job job) {
        StringBuilder asks = new StringBuilder();
        job.json()
                .path("inputs")
                .forEach(input -> asks.append(asks.isEmpty() ? "" : "; ")
                        .append(input.path("key").asText())
                        .append(": ")
                        .append(input.path("message").asText()));
        return asks.toString();
    }
}
