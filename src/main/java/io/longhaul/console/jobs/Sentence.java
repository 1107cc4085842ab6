package io.longhaul.console.jobs;

import io.longhaul.console.Paths;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sentences in which jobs are named by their ids, which lead to these jobs. */
public final class Sentence {
    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

    private Sentence() {}

    /**
     * A part of a sentence.
     *
     * @param text its characters
     * @param path the address of the job that it names, or null
     * @param title the whole id of that job, or null
     */
    public record Part(String text, String path, String title) {}

    /** A sentence that names no job. */
    static List<Part> plain(String text) {
        return text.isEmpty() ? List.of() : List.of(new Part(text, null, null));
    }

    /** Only these jobs have a link: other ids in the text are somebody's words. */
    static List<Part> of(String text, Collection<UUID> jobs) {
        List<Part> parts = new ArrayList<>();
        Matcher ids = ID.matcher(text);
        int from = 0;
        while (ids.find()) {
            if (jobs.contains(UUID.fromString(ids.group()))) {
                parts.addAll(plain(text.substring(from, ids.start())));
                parts.add(new Part(ids.group().substring(0, 8), Paths.JOBS + "/" + ids.group(), ids.group()));
                from = ids.end();
            }
        }
        parts.addAll(plain(text.substring(from)));
        return parts;
    }
}
