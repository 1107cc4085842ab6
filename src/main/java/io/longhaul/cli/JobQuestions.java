package io.longhaul.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.cli.JobArguments.Misuse;
import io.longhaul.client.Input;
import io.longhaul.client.Job;
import io.longhaul.client.LonghaulClient;
import java.io.InputStream;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/** {@code job inputs} and {@code job answer}: shows the questions of a job, and answers them. */
final class JobQuestions {
    private final LonghaulClient client;
    private final JobArguments words;
    private final Consumer<String> out;

    JobQuestions(LonghaulClient client, JobArguments words, Consumer<String> out) {
        this.client = client;
        this.words = words;
        this.out = out;
    }

    /** Prints the questions of a job, and how to answer them. */
    int show() {
        UUID job = words.job();
        List<Input> inputs = client.inputs(job);
        for (Input input : inputs) {
            if (words.has("json")) {
                out.accept(json(input).toString());
            } else {
                out.accept(text(job, input));
            }
        }
        return JobCommand.DONE;
    }

    private static String text(UUID job, Input input) {
        String asked = JobText.plain(input.key() + ": " + input.message());
        if (input.isAnswered()) {
            String content = input.content() == null ? "" : " " + input.content();
            String by = input.answeredBy() == null ? "" : ", by " + input.answeredBy();
            return asked + "\n  " + JobText.plain(input.action() + content + by);
        }
        String schema = input.schema() == null ? "" : "\n  the answer must match " + input.schema();
        return asked + JobText.plain(schema) + "\n  answer it until " + input.expiresAt()
                + ": java -jar app.jar job answer " + job + " " + input.key() + " ...";
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

    /** Answers a question of a job. */
    int answer(InputStream in) {
        List<String> operands = words.operands();
        if (operands.size() < 2) {
            throw new Misuse("write the job and the key of the question: job answer ID KEY [name=value ...]");
        }
        UUID job = JobArguments.job(operands.get(0));
        String key = operands.get(1);
        List<String> pairs = operands.subList(2, operands.size());
        boolean answers = words.has("content") || !pairs.isEmpty();
        if (words.has("decline") == answers) {
            throw new Misuse("write an answer (name=value ..., or --content JSON), or --decline");
        }
        Input taken = answers
                ? client.answer(job, key, JobParams.content(words.value("content"), pairs, in))
                : client.decline(job, key);
        if (words.has("json")) {
            out.accept(json(taken).toString());
        }
        return JobCommand.DONE;
    }

    /** Lines for the page of a job: what its tool asks. */
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
