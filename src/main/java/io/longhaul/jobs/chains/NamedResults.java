package io.longhaul.jobs.chains;

import com.fasterxml.jackson.core.JsonPointer;
import io.longhaul.jobs.intake.References;
import io.longhaul.jobs.intake.References.Part;
import io.longhaul.jobs.intake.References.Unresolved;
import io.longhaul.jobs.sql.ChainTransitions;
import io.longhaul.jobs.sql.Claims;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Reads the results that a job's params name. A few bytes can name megabytes, thousands of times. So it reads one
 * result at a time, each once, and keeps no more than the params may hold.
 */
final class NamedResults {
    /** Bytes that a claim reads of one job, on a node with this memory. */
    private static final long READABLE = Claims.LARGEST * Claims.BYTES;

    /** PostgreSQL puts spaces into its JSON; the params are measured again without them. */
    private static final long SPACED = 2;

    private final ChainTransitions transitions;
    private final int maxBytes;

    NamedResults(ChainTransitions transitions, int maxBytes) {
        this.transitions = transitions;
        this.maxBytes = maxBytes;
    }

    String params(UUID job) throws Unresolved {
        return transitions.params(job, READABLE).orElseThrow(this::tooLarge);
    }

    Unresolved tooLarge() {
        return new Unresolved("With the results put in, the params are larger than " + maxBytes
                + " bytes: name smaller parts of them, or pass large data on as a file.");
    }

    /** The JSON text of each part that exists. A part that is named several times counts several times. */
    Map<Part, String> of(String params) throws Unresolved {
        Map<Part, Long> wanted = References.parts(params).stream()
                .collect(Collectors.groupingBy(Function.identity(), LinkedHashMap::new, Collectors.counting()));
        Map<UUID, List<JsonPointer>> byJob = wanted.keySet().stream()
                .collect(Collectors.groupingBy(
                        Part::job, LinkedHashMap::new, Collectors.mapping(Part::pointer, Collectors.toList())));
        Map<Part, String> found = new HashMap<>();
        long length = 0;
        for (Map.Entry<UUID, List<JsonPointer>> one : byJob.entrySet()) {
            String json = result(one.getKey(), one.getValue());
            Map<JsonPointer, ResultParts.Part> parts = ResultParts.of(json, one.getValue());
            for (Map.Entry<JsonPointer, ResultParts.Part> part : parts.entrySet()) {
                length += part.getValue().length() * wanted.get(new Part(one.getKey(), part.getKey()));
            }
            // Parts may lie in one another, so their texts are made only when it is known that they fit.
            if (length > SPACED * maxBytes) {
                throw tooLarge();
            }
            parts.forEach((pointer, part) -> found.put(new Part(one.getKey(), pointer), part.of(json)));
        }
        return found;
    }

    private String result(UUID job, List<JsonPointer> pointers) throws Unresolved {
        // A whole result must fit into the params; of a larger one a part may.
        boolean whole = pointers.stream().anyMatch(JsonPointer::matches);
        ChainTransitions.Result result = transitions
                .result(job, whole ? SPACED * maxBytes : READABLE)
                .orElseThrow(() -> new Unresolved("The params stand for the result of job " + job
                        + ", which has none: it did not complete, or was removed."));
        if (result.json() == null) {
            throw whole
                    ? tooLarge()
                    : new Unresolved(
                            "The result of job %s has %d bytes, more than the %d that a node of this memory reads to find a part of it: leave less, or pass large data on as a file."
                                    .formatted(job, result.bytes(), READABLE));
        }
        return result.json();
    }
}
