package io.longhaul.console.jobs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.longhaul.console.Paths;
import io.longhaul.console.Words;
import io.longhaul.jobs.Job;
import io.longhaul.tools.params.StrictJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * How the params of a job differ from those of another one.
 *
 * @param id of the other job
 * @param changes the members that differ, by name; null if the params are too large to be compared
 */
public record Difference(String id, List<Change> changes) {
    private static final int LONGEST = 300;

    private static final ObjectMapper JSON = StrictJson.builder().build();

    /**
     * A member that differs, as JSON; empty where it is missing.
     *
     * @param name its name
     * @param before what the other job had
     * @param now what this job has
     */
    public record Change(String name, String before, String now) {}

    static Difference of(Job other, Job job) {
        if (isLarge(other.params()) || isLarge(job.params())) {
            return new Difference(other.id().toString(), null);
        }
        JsonNode before = read(other.params());
        JsonNode now = read(job.params());
        Set<String> names = new TreeSet<>();
        before.fieldNames().forEachRemaining(names::add);
        now.fieldNames().forEachRemaining(names::add);
        List<Change> changes = new ArrayList<>();
        for (String name : names) {
            if (!before.path(name).equals(now.path(name))) {
                changes.add(new Change(name, text(before.path(name)), text(now.path(name))));
            }
        }
        return new Difference(other.id().toString(), changes);
    }

    private static boolean isLarge(String params) {
        return params == null || JsonPart.isCut(params);
    }

    public String path() {
        return Paths.JOBS + "/" + id;
    }

    private static String text(JsonNode value) {
        return value.isMissingNode() ? "" : Words.line(value.toString(), LONGEST);
    }

    private static JsonNode read(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A column of jobs does not hold the JSON that was written", e);
        }
    }
}
