package io.longhaul.api.http;

/** The headers that the API's description knows; their Javadoc is what it says of them. */
public enum Header {
    /**
     * Makes a repeated request the same request: 1 to 255 printable ASCII characters, bare or in double quotes. The same
     * key with another payload is refused with 422.
     */
    IDEMPOTENCY_KEY("Idempotency-Key", "string", "order-4711"),
    /**
     * {@code wait=N} answers as soon as the job ends, after N seconds (at most 60) at the latest; {@code respond-async}
     * asks for 202 while the job has not ended; {@code return=minimal} asks for ids in place of the jobs of a batch.
     * Other preferences are ignored (RFC 7240).
     */
    PREFER("Prefer", "string", "wait=30"),
    /** ETags that the client knows: the answer is 304 as long as nothing has changed. */
    IF_NONE_MATCH("If-None-Match", "string", "W/\"3.running\""),
    /** The id of the last event that the client has seen: the stream goes on after it, on any node. */
    LAST_EVENT_ID("Last-Event-ID", "string", "1.running.12"),
    /** Joins the request to a distributed trace (W3C Trace Context); a malformed one is ignored. */
    TRACEPARENT("traceparent", "string", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
    /** Which bytes to send, when not all (RFC 9110). */
    RANGE("Range", "string", "bytes=0-999"),
    /** The range holds for the file of this ETag only; another one is sent as a whole. */
    IF_RANGE("If-Range", "string", ""),
    /** Which bytes these are, and of how many. */
    CONTENT_RANGE("Content-Range", "string", "bytes 0-999/5000"),
    /** The worker's token, from the answer to its registration or its first claim. */
    WORKER_TOKEN(Header.TOKEN, "string", ""),
    /** Names the state of the job, for {@code If-None-Match}. */
    ETAG("ETag", "string", "W/\"3.running\""),
    /** Where the new resource is; relative. */
    LOCATION("Location", "string", "/v1/jobs/3f2504e0-4f89-41d3-9a0c-0305e82c3301"),
    /** After how many seconds it is worth asking again. */
    RETRY_AFTER("Retry-After", "integer", "1"),
    /** Which preferences were honoured. */
    PREFERENCE_APPLIED("Preference-Applied", "string", "wait=30"),
    /** Set to true on an answer that repeats an earlier one of the same idempotency key. */
    IDEMPOTENCY_REPLAYED(Header.REPLAYED, "boolean", "true"),
    /** The next page, with {@code rel="next"} (RFC 8288). */
    LINK("Link", "string", "</v1/jobs?limit=50&cursor=abc>; rel=\"next\""),
    /** Whether and how the answer may be kept. */
    CACHE_CONTROL("Cache-Control", "string", "no-cache"),
    /** Which headers of the request the answer depends on. */
    VARY("Vary", "string", "Prefer"),
    /** How to say who asks (RFC 6750). */
    WWW_AUTHENTICATE("WWW-Authenticate", "string", "Bearer realm=\"longhaul\"");

    public static final String TOKEN = "Longhaul-Worker-Token";
    public static final String REPLAYED = "Idempotency-Replayed";

    private final String text;
    private final String type;
    private final String example;

    Header(String text, String type, String example) {
        this.text = text;
        this.type = type;
        this.example = example;
    }

    /** As it is written. */
    public String text() {
        return text;
    }

    /** The type of JSON Schema of its value. */
    public String type() {
        return type;
    }

    /** A value, or the empty text for none. */
    public String example() {
        return example;
    }
}
