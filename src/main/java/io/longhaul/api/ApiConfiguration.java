package io.longhaul.api;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.DataSize;
import io.longhaul.outbound.Host;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;

/**
 * The {@code api:} block: limits of the HTTP API.
 *
 * @param maxBodyBytes largest request body, counted after decompression
 * @param maxBatchBodyBytes largest body of a batch, counted after decompression
 * @param defaultTtl default time that an ended job is kept; whole hours
 * @param maxTtl longest time that a submit may ask for; whole hours
 * @param invokeWait time that {@code POST /v1/mcp/invoke} waits for a job's end before it answers 202
 * @param maxQueue waiting jobs of all tools above which submits are refused, or null for no limit
 * @param unknownMembers what happens to members of bodies that no request has
 */
public record ApiConfiguration(
        int maxBodyBytes,
        int maxBatchBodyBytes,
        Duration defaultTtl,
        Duration maxTtl,
        Duration invokeWait,
        Integer maxQueue,
        UnknownMembers unknownMembers) {
    /** Treatment of members of request bodies that no request has. */
    public enum UnknownMembers {
        /** Ignores them, and warns in the answer. */
        WARN,
        /** Refuses the request. */
        REFUSE
    }

    private static final DataSize SMALLEST_BODY = DataSize.kibibytes(1);
    // A parsed body takes some ten times its size in memory, and hundreds of requests may be read at once.
    private static final DataSize LARGEST_BODY = DataSize.mebibytes(64);
    // A thousand jobs of 16 KiB each.
    private static final DataSize USUAL_BATCH = DataSize.mebibytes(16);
    // Fits the column that holds it in seconds.
    public static final Duration LONGEST_TTL = Duration.ofDays(3650);

    public static final ApiConfiguration DEFAULT = of(null, null, null, null, null, null, null);

    /**
     * Refuses a {@code publicUrl} that clients cannot use or may read differently.
     *
     * @param url an address, or empty
     */
    public static void checkPublicUrl(String url) {
        if (url.isBlank()) {
            return;
        }
        URI address;
        try {
            address = new URI(url);
        } catch (URISyntaxException e) {
            throw wrongPublicUrl(url, "must be an address such as https://jobs.example.org");
        }
        boolean web = "https".equalsIgnoreCase(address.getScheme()) || "http".equalsIgnoreCase(address.getScheme());
        boolean plain =
                address.getRawUserInfo() == null && address.getRawQuery() == null && address.getRawFragment() == null;
        if (!web || !plain || address.getRawAuthority() == null) {
            throw wrongPublicUrl(
                    url, "must be an address such as https://jobs.example.org, without user, query and fragment");
        }
        Host.problem(address).ifPresent(problem -> {
            throw wrongPublicUrl(url, problem);
        });
    }

    private static IllegalArgumentException wrongPublicUrl(String url, String what) {
        return new IllegalArgumentException("publicUrl is " + Host.shown(url) + ": it " + what);
    }

    /** Without a limit of the queue. */
    ApiConfiguration(
            int maxBodyBytes, int maxBatchBodyBytes, Duration defaultTtl, Duration maxTtl, Duration invokeWait) {
        this(maxBodyBytes, maxBatchBodyBytes, defaultTtl, maxTtl, invokeWait, null, UnknownMembers.WARN);
    }

    /** Checks the ranges. */
    public ApiConfiguration {
        require(
                maxBodyBytes >= SMALLEST_BODY.toBytes() && maxBodyBytes <= LARGEST_BODY.toBytes(),
                "api.maxBody is " + maxBodyBytes + " bytes: write a size from 1KiB to 64MiB");
        require(
                maxBatchBodyBytes >= maxBodyBytes && maxBatchBodyBytes <= LARGEST_BODY.toBytes(),
                "api.maxBatchBody is " + maxBatchBodyBytes + " bytes: write a size from api.maxBody (" + maxBodyBytes
                        + " bytes) to 64MiB");
        wholeHours("api.defaultTtl", defaultTtl);
        wholeHours("api.maxTtl", maxTtl);
        require(
                defaultTtl.compareTo(maxTtl) <= 0,
                "api.defaultTtl (" + defaultTtl.toHours() + "h) is longer than api.maxTtl (" + maxTtl.toHours()
                        + "h): raise maxTtl or lower defaultTtl");
        // Proxies and clients give up on longer requests; a client that wants to wait longer asks again.
        require(
                !invokeWait.isNegative() && invokeWait.compareTo(Duration.ofMinutes(10)) <= 0,
                "api.invokeWait is " + invokeWait.toMillis() + "ms: write a duration from 0s to 10m");
        require(
                maxQueue == null || (maxQueue >= 1 && maxQueue <= 10_000_000),
                "api.maxQueue is " + maxQueue + ": write 1 to 10000000, or leave it out for no limit");
    }

    /** Fills in what the configuration leaves out. */
    @JsonCreator
    static ApiConfiguration of(
            @JsonProperty("maxBody") DataSize maxBody,
            @JsonProperty("maxBatchBody") DataSize maxBatchBody,
            @JsonProperty("defaultTtl") io.dropwizard.util.Duration defaultTtl,
            @JsonProperty("maxTtl") io.dropwizard.util.Duration maxTtl,
            @JsonProperty("invokeWait") io.dropwizard.util.Duration invokeWait,
            @JsonProperty("maxQueue") Integer maxQueue,
            @JsonProperty("unknownMembers") UnknownMembers unknownMembers) {
        Duration longest = orElse(maxTtl, Duration.ofDays(7));
        Duration usual = longest.compareTo(Duration.ofDays(1)) < 0 ? longest : Duration.ofDays(1);
        int body = bytes(maxBody, DataSize.mebibytes(1));
        return new ApiConfiguration(
                body,
                bytes(maxBatchBody, body > USUAL_BATCH.toBytes() ? DataSize.bytes(body) : USUAL_BATCH),
                orElse(defaultTtl, usual),
                longest,
                orElse(invokeWait, Duration.ofSeconds(60)),
                maxQueue,
                unknownMembers == null ? UnknownMembers.WARN : unknownMembers);
    }

    private static int bytes(DataSize given, DataSize usual) {
        return (int) Math.min((given == null ? usual : given).toBytes(), Integer.MAX_VALUE);
    }

    private static Duration orElse(io.dropwizard.util.Duration given, Duration usual) {
        return given == null ? usual : given.toJavaDuration();
    }

    private static void wholeHours(String name, Duration value) {
        boolean holds = value.compareTo(Duration.ofHours(1)) >= 0
                && value.compareTo(LONGEST_TTL) <= 0
                && value.equals(Duration.ofHours(value.toHours()));
        require(holds, name + " is " + value.toSeconds() + "s: write whole hours from 1h to 87600h, such as 24h");
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
