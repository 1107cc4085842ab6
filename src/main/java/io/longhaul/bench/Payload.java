package io.longhaul.bench;

/** What every measured job carries: 200 bytes, as small jobs do. */
final class Payload {
    /** Params as JSON. */
    static final String PARAMS = "{\"pad\": \"" + "x".repeat(190) + "\"}";

    /** The request that submits one job. */
    static final String JOB = "{\"tool\": \"echo\", \"params\": " + PARAMS + "}";

    private Payload() {}

    /** The request that submits so many jobs at once. */
    static String batch(int jobs) {
        return "{\"jobs\": [" + String.join(",", java.util.Collections.nCopies(jobs, JOB)) + "]}";
    }
}
