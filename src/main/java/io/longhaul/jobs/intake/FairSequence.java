package io.longhaul.jobs.intake;

import io.longhaul.jobs.sql.FairQueue;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Asks for the places of jobs about to be stored, if any of them is in need of one. */
final class FairSequence {
    private FairSequence() {}

    /** What is stored of each job beside its own columns: its extras as JSON with its place, or null. */
    static String[] extras(FairQueue queue, FairnessHints turns, List<NewJob> jobs) {
        Map<Integer, Long> places =
                jobs.stream().anyMatch(job -> needsPlace(turns, job.submission())) ? places(queue, jobs) : Map.of();
        String[] extras = new String[jobs.size()];
        for (int i = 0; i < extras.length; i++) {
            extras[i] = with(jobs.get(i).submission().extras().json(), places.get(i));
        }
        return extras;
    }

    private static boolean needsPlace(FairnessHints turns, Submission job) {
        return job.extras().fairnessKey() != null || turns.isFair(job.tool());
    }

    private static Map<Integer, Long> places(FairQueue queue, List<NewJob> jobs) {
        List<Submission> all = jobs.stream().map(NewJob::submission).toList();
        Map<Integer, Long> places = new HashMap<>();
        queue.places(
                        all.stream().map(Submission::tool).toArray(String[]::new),
                        all.stream().map(Submission::priority).toArray(Integer[]::new),
                        all.stream().map(s -> s.extras().fairnessKey()).toArray(String[]::new))
                .forEach(place -> places.put(place.row(), place.place()));
        return places;
    }

    private static String with(String json, Long place) {
        if (place == null) {
            return json;
        }
        String member = "\"place\":" + place + "}";
        return json == null ? "{" + member : json.substring(0, json.length() - 1) + "," + member;
    }
}
