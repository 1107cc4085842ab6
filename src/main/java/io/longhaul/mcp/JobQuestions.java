package io.longhaul.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.jobs.Job;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.mcp.protocol.RpcError;
import io.longhaul.questions.Answering;
import io.longhaul.questions.StoredQuestion;
import io.longhaul.tools.spi.Answer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The questions of jobs as requests to clients, and what clients respond as answers. */
final class JobQuestions {
    /** A job, how many questions it had asked, and a digest over these and the call. */
    private static final Pattern STATE = Pattern.compile("([0-9a-f-]{36})\\.([0-9]{1,3})\\.([0-9a-f]{32})");

    private static final int DIGEST_BYTES = 16;

    private final OpenQuestions questions;

    JobQuestions(OpenQuestions questions) {
        this.questions = questions;
    }

    /**
     * The open questions that a client can be asked, by their keys.
     *
     * @param capabilities of the client
     */
    Map<String, ObjectNode> open(UUID job, JsonNode capabilities) {
        Map<String, ObjectNode> requests = new LinkedHashMap<>();
        for (StoredQuestion question : questions.of(job)) {
            Elicitation.request(question, capabilities)
                    .ifPresent(request -> requests.put(question.row().key(), request));
        }
        return requests;
    }

    /** The open questions as the protocol's map of requests; nothing if a client can be asked none. */
    Optional<ObjectNode> requests(UUID job, JsonNode capabilities) {
        Map<String, ObjectNode> open = open(job, capabilities);
        return open.isEmpty() ? Optional.empty() : Optional.of(Rpc.object().setAll(open));
    }

    /**
     * Takes what a client responds, except what does not match the schema of its question: that question stays open. Responses
     * to what is not asked, or is answered, change nothing.
     *
     * @param responses by the keys of questions
     * @return what was not taken
     * @throws RpcError if the caller may not answer, or a response is none of the protocol
     */
    List<WrongResponse> takeMatching(Job job, JsonNode responses, OpenQuestions.Giver giver) {
        questions.require(job, giver.caller());
        Map<String, Answer> answers = new LinkedHashMap<>();
        for (StoredQuestion question : questions.of(job.id())) {
            String key = question.row().key();
            if (responses.has(key)) {
                answers.put(key, Elicitation.answer(question, responses.get(key)));
            }
        }
        List<WrongResponse> wrong = new ArrayList<>();
        answers.forEach((key, answer) -> questions
                .answer(job, key, answer, giver)
                .filter(outcome -> outcome.verdict() == Answering.Verdict.WRONG)
                .ifPresent(outcome -> wrong.add(wrong(outcome))));
        return wrong;
    }

    private static WrongResponse wrong(Answering.Outcome outcome) {
        String place = Elicitation.placeOfAnswer(outcome.question());
        return new WrongResponse(
                outcome.question().row().key(),
                outcome.errors().stream()
                        .map(error -> new WrongResponse.Mistake(place + error.pointer(), error.message()))
                        .toList());
    }

    /**
     * What a client sends back when it makes a call again with its responses. Any node can go on with it.
     *
     * @param call the name of the tool and the arguments, as text
     */
    static String state(Job job, String call) {
        int asked = job.inputs().asked();
        return job.id() + "." + asked + "." + digest(job, asked, call);
    }

    /** The id of the job that a state names. */
    static String job(String state) {
        Matcher parts = STATE.matcher(state);
        if (!parts.matches()) {
            throw wrongState();
        }
        return parts.group(1);
    }

    /** Refuses a state that was not made for this job and this call. */
    static void check(String state, Job job, String call) {
        Matcher parts = STATE.matcher(state);
        if (!parts.matches() || !parts.group(3).equals(digest(job, Integer.parseInt(parts.group(2)), call))) {
            throw wrongState();
        }
    }

    private static RpcError wrongState() {
        return new RpcError(
                RpcError.INVALID_PARAMS,
                "Invalid params: requestState is not what this server gave for this call. Send it back as it came, with the"
                        + " same tool and arguments.");
    }

    // No secret is needed: whoever makes up a state can only name a job that is theirs anyway.
    private static String digest(Job job, int asked, String call) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest((job.id() + "\n" + job.createdAt() + "\n" + asked + "\n" + call)
                            .getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, DIGEST_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
