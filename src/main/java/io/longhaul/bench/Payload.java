package io.longhaul.bench;

/** The content of every measured job: 200 bytes, like a small job. */
final class Payload {
    static final String PARAMS = "{\"pad\": \"" + "x".repeat(190) + "\"}";

    /** The request that submits one job. */
    static final String JOB = "{\"tool\": \"echo\", \"params\": " + PARAMS + "}";

    private Payload() {}

    /** The request that submits a number of jobs at once. */
    static String batch(int jobs) {
        return "{\"jobs\": [" + String.join(",", java.util.Collections.nCopies(jobs, JOB)) + "]}";
    }
}
