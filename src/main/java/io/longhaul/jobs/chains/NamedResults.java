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
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Reads the results that a job's params name. A few bytes name megabytes, and may do so thousands of times: one result is read
 * at a time, each once, and no more is kept than the params may hold.
 */
final class NamedResults {
    /** What a claim reads of one job, on a node of this memory. */
    private static final long READABLE = Claims.LARGEST * Claims.BYTES;

    /** PostgreSQL puts spaces into what it writes; the params are measured again without. */
    private static final long SPACED = 2;

    private final ChainTransitions transitions;
    private final int most;

    NamedResults(ChainTransitions transitions, int most) {
        this.transitions = transitions;
        this.most = most;
    }

    /** The params of a job. */
    String params(UUID job) throws Unresolved {
        return transitions.params(job, READABLE).orElseThrow(this::tooLarge);
    }

    Unresolved tooLarge() {
        return new Unresolved("With the results put in, the params are larger than " + most
                + " bytes: name smaller parts of them, or pass large data on as a file.");
    }

    /** The JSON text of each part that is there; those that are wanted often count as often. */
    Map<Part, String> of(String params) throws Unresolved {
        Map<Part, Long> wanted = References.parts(params).stream()
                .collect(Collectors.groupingBy(Function.identity(), LinkedHashMap::new, Collectors.counting()));
        Map<UUID, List<JsonPointer>> byJob = wanted.keySet().stream()
                .collect(Collectors.groupingBy(
                        Part::job, LinkedHashMap::new, Collectors.mapping(Part::pointer, Collectors.toList())));
        Map<Part, String> found = new HashMap<>();
        long length = 0;
        for (Map.Entry<UUID, List<JsonPointer>> one : byJob.entrySet()) {
            for (Map.Entry<JsonPointer, String> part :
                    parts(one.getKey(), one.getValue()).entrySet()) {
                Part key = new Part(one.getKey(), part.getKey());
                length += part.getValue().length() * wanted.get(key);
                if (length > SPACED * most) {
                    throw tooLarge();
                }
                found.put(key, part.getValue());
            }
        }
        return found;
    }

    private Map<JsonPointer, String> parts(UUID job, List<JsonPointer> pointers) throws Unresolved {
        // What is wanted whole has to fit; of the rest a part may.
        boolean whole = pointers.stream().anyMatch(JsonPointer::matches);
        ChainTransitions.Result result = transitions
                .result(job, whole ? SPACED * most : READABLE)
                .orElseThrow(() -> new Unresolved("The params stand for the result of job " + job
                        + ", which has none: it did not complete, or was removed."));
        if (result.json() == null) {
            throw whole
                    ? tooLarge()
                    : new Unresolved(
                            "The result of job %s has %d bytes, more than the %d that a node of this memory reads to find a part of it: leave less, or pass large data on as a file."
                                    .formatted(job, result.bytes(), READABLE));
        }
        return ResultParts.of(result.json(), Set.copyOf(pointers));
    }
}
