package io.longhaul.jobs.reasons;

import java.text.NumberFormat;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/** Parts of sentences about jobs and their places. */
final class ReasonWords {
    private static final int MOST_NAMES = 4;

    private ReasonWords() {}

    static String time(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    static String number(long number) {
        return NumberFormat.getIntegerInstance(Locale.ROOT).format(number);
    }

    /** Such as {@code job 1}, {@code jobs 1 and 2}, or {@code 5 jobs, among them 1 and 2}. */
    static String jobs(int count, List<UUID> known) {
        if (known.isEmpty()) {
            return count == 1 ? "another job" : number(count) + " jobs";
        }
        String names = list(known.stream().map(UUID::toString).toList());
        if (known.size() < count) {
            return number(count) + " jobs, among them " + names;
        }
        return (known.size() == 1 ? "job " : "jobs ") + names;
    }

    static String list(List<String> names) {
        int last = names.size() - 1;
        return last < 1
                ? String.join("", names)
                : String.join(", ", names.subList(0, last)) + " and " + names.get(last);
    }

    /** At most four names, with the number of the others. */
    static String some(List<String> names) {
        return names.size() <= MOST_NAMES
                ? list(names)
                : String.join(", ", names.subList(0, MOST_NAMES)) + " and " + (names.size() - MOST_NAMES) + " more";
    }

    /** A sentence that says that all places of something are taken, without its full stop. */
    static String taken(int places, String of, int holding, List<UUID> known) {
        return (places == 1 ? "The only place of " : "All " + number(places) + " places of ")
                + of
                + (places == 1 ? " is taken by " : " are taken by ")
                + jobs(holding, known);
    }

    /** The end of a sentence about a queue. */
    static String ahead(int ahead, int most) {
        return "; " + (ahead == 0 ? "it comes next" : count(ahead, most) + " ahead of it");
    }

    static String count(int ahead, int most) {
        return ahead == 1
                ? "1 job is"
                : ahead > most ? "more than " + number(most) + " jobs are" : number(ahead) + " jobs are";
    }
}
