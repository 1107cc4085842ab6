package io.longhaul.api.errors;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Method and path of a request, from which the advice after a broken connection follows.
 *
 * @param method the HTTP method
 * @param path the path without query
 */
record RequestLine(String method, String path) {
    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");

    /** The server chooses the id of a new resource here, so a repeated request creates a second one. */
    private static final Pattern COLLECTION = Pattern.compile("/v1/(schedules|webhooks)/?");

    private static final Pattern THING = Pattern.compile("(/v1/(?:jobs|schedules|webhooks|tools)/[\\w.-]+)/?");
    private static final Pattern PART =
            Pattern.compile("(/v1/(?:schedules|webhooks|tools)/[\\w.-]+)/(?:.*/)?([a-z-]+)/?");

    private static final String AGAIN = " The request can be sent again: done twice it is done once.";
    private static final String SHOWS = " shows what is so.";

    /** Tells whether the request may have changed something before the connection broke. */
    boolean changes() {
        return !SAFE.contains(method);
    }

    /** Tells the client how to find out whether the change was made. */
    String howToCheck() {
        Matcher collection = COLLECTION.matcher(path);
        Matcher thing = THING.matcher(path);
        Matcher part = PART.matcher(path);
        if (collection.matches()) {
            return " GET /v1/" + collection.group(1) + " lists it if it was."
                    + (collection.group(1).equals("webhooks") ? ofNewWebhook() : "");
        }
        if (path.startsWith("/v1/files")) {
            return " The file can be sent again: one that no job names goes by itself.";
        }
        if (path.startsWith("/v1/workers") || path.startsWith("/v1/callbacks")) {
            return " Send it again: told twice, it is answered twice.";
        }
        if (path.startsWith("/v1/operations/")) {
            return AGAIN + " GET /v1/operations" + SHOWS;
        }
        if (path.startsWith("/v1/jobs/cancel")) {
            return AGAIN + " GET /v1/jobs" + SHOWS;
        }
        if (!method.equals("POST") && thing.matches()) {
            return AGAIN + " GET " + thing.group(1)
                    + (method.equals("DELETE") && !path.startsWith("/v1/jobs") ? " is 404 once it is." : SHOWS);
        }
        return part.matches() ? ofPart(part.group(1), part.group(2)) : "";
    }

    private static String ofNewWebhook() {
        return " Its secret is not shown again: DELETE it and send the request again, or take a new secret with"
                + " POST /v1/webhooks/{id}/rotate-secret.";
    }

    private static String ofPart(String thing, String verb) {
        return switch (verb) {
            case "pause", "resume" -> AGAIN + " GET " + thing + SHOWS;
            case "run" -> " GET " + thing + "/jobs shows its job if it was.";
            case "rotate-secret" ->
                " Send it again, and give the receiver the secret that is shown then: one before may be gone.";
            default -> " GET " + thing + "/deliveries lists what was begun.";
        };
    }
}
