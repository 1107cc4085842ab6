package io.longhaul.api.http;

/** The headers in the API's description, which shows their Javadoc. */
public enum Header {
    /**
     * Makes a repeated request the same request: 1 to 255 printable ASCII characters, bare or in double quotes. The same
     * key with another payload is refused with 422.
     */
    IDEMPOTENCY_KEY("Idempotency-Key", "string", "order-4711"),
    /**
     * Gives each job without a key of its own one that is made of this key and the job's position: 1 to 250 printable ASCII
     * characters (245 for lines), bare or in double quotes. So the same jobs sent again are the jobs of the first time. At a
     * position that had another payload a job is refused; at one that had none, it is new.
     */
    KEY_OF_BATCH("Idempotency-Key", "string", "order-4711"),
    /**
     * Repeats each ended job once, however often it is sent: 1 to 200 printable ASCII characters, bare or in double quotes.
     */
    KEY_OF_RETRIES("Idempotency-Key", "string", "order-4711"),
    /**
     * {@code wait=N} answers as soon as the job ends, or after N seconds (at most 60); {@code respond-async} asks for 202
     * while the job has not ended. Other preferences are ignored (RFC 7240).
     */
    PREFER("Prefer", "string", "wait=30"),
    /**
     * {@code wait=N} answers as soon as it has ended, or after N seconds (at most 60). Other preferences are ignored (RFC
     * 7240).
     */
    PREFER_END("Prefer", "string", "wait=30"),
    /** {@code return=minimal} asks for ids instead of jobs. Other preferences are ignored (RFC 7240). */
    PREFER_IDS("Prefer", "string", "return=minimal"),
    /** ETags that the client knows: the answer is 304 while nothing has changed. */
    IF_NONE_MATCH("If-None-Match", "string", "W/\"3.running\""),
    /** The id of the last event that the client has seen: the stream continues after it, on any node. */
    LAST_EVENT_ID("Last-Event-ID", "string", "1.running.12"),
    /** The id of the last event that the client has seen, a time in microseconds: the stream continues after it, on any node. */
    LAST_FEED_ID("Last-Event-ID", "string", "1767225600000000"),
    /** Joins the request to a distributed trace (W3C Trace Context); a malformed one is ignored. */
    TRACEPARENT("traceparent", "string", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
    /** The range of bytes to send (RFC 9110). */
    RANGE("Range", "string", "bytes=0-999"),
    /** Asks for the range only if the file still has this ETag; otherwise the whole file is sent. */
    IF_RANGE("If-Range", "string", ""),
    /** The unit in which ranges may be asked for. */
    ACCEPT_RANGES("Accept-Ranges", "string", "bytes"),
    /** The name of the file, for browsers to save it (RFC 6266). */
    CONTENT_DISPOSITION("Content-Disposition", "string", "attachment; filename=\"a.txt\"; filename*=UTF-8''a.txt"),
    /** The range of bytes in this answer, and the size of the file. */
    CONTENT_RANGE("Content-Range", "string", "bytes 0-999/5000"),
    /** The worker's token, from the answer to its registration or its first claim. */
    WORKER_TOKEN(Header.TOKEN, "string", ""),
    /** The state of the resource, for {@code If-None-Match}. */
    ETAG("ETag", "string", "W/\"3.running\""),
    /** The path of the resource, relative to the server. */
    LOCATION("Location", "string", "/v1/jobs/3f2504e0-4f89-41d3-9a0c-0305e82c3301"),
    /** Seconds to wait before asking again. */
    RETRY_AFTER("Retry-After", "integer", "1"),
    /** The preferences that were honoured. */
    PREFERENCE_APPLIED("Preference-Applied", "string", "wait=30"),
    /** Set to true on an answer that repeats an earlier one of the same idempotency key. */
    IDEMPOTENCY_REPLAYED(Header.REPLAYED, "boolean", "true"),
    /** A member of the request that no request has and that was ignored, with the one that was probably meant. */
    WARNING("Warning", "string", "299 - \"/priorty is no member of this request: did you mean priority?\""),
    /** The next page, with {@code rel="next"} (RFC 8288). */
    LINK("Link", "string", "</v1/jobs?limit=50&cursor=abc>; rel=\"next\""),
    /** Rules for caching the answer. */
    CACHE_CONTROL("Cache-Control", "string", "no-cache"),
    /** The request headers that the answer depends on. */
    VARY("Vary", "string", "Prefer"),
    /** The way to authenticate (RFC 6750). */
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

    /** The name of the header. */
    public String text() {
        return text;
    }

    /** The JSON Schema type of its value. */
    public String type() {
        return type;
    }

    /** An example value, or empty. */
    public String example() {
        return example;
    }
}
