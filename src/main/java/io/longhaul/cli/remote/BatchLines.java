package io.longhaul.cli.remote;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.longhaul.environment.FileFault;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The jobs of a file, one on each line. The server counts jobs from 0; people count lines, also empty ones, from 1. */
final class BatchLines {
    private static final int MOST = 1_000;

    /** A place in a text of the server, such as {@code /jobs/3/params}, but not in an address such as {@code /v1/jobs/3}. */
    private static final Pattern PLACE = Pattern.compile("(?<![\\w/])/?jobs/(\\d{1,4})(/[^\\s:]*)?(?=[\\s:.,]|$)");

    private final String file;
    private final ArrayNode jobs = JsonNodeFactory.instance.arrayNode();
    private final List<Integer> numbers = new ArrayList<>();
    private final Map<Integer, String> wrong = new HashMap<>();

    private BatchLines(String file) {
        this.file = file.equals("-") ? "standard input" : file;
    }

    /**
     * Reads a file, or standard input for a minus sign.
     *
     * @param each false to refuse the file for a line that is no JSON object. Otherwise something that the server refuses stands
     *     for that line: the places of the others make their keys
     */
    static BatchLines read(String file, boolean each, InputStream in) {
        BatchLines read = new BatchLines(file);
        try (BufferedReader lines = file.equals("-")
                ? new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
                : Files.newBufferedReader(Path.of(file))) {
            int number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                read.add(number == 1 ? Params.unmarked(line) : line, number, each);
            }
        } catch (IOException e) {
            throw new Misuse(read.file + " cannot be read: " + FileFault.ofReading(e));
        }
        read.requireSome();
        return read;
    }

    private void add(String line, int number, boolean each) {
        if (line.isBlank()) {
            return;
        }
        numbers.add(number);
        try {
            jobs.add(Params.line(line, place(number)));
        } catch (Misuse e) {
            if (!each) {
                throw e;
            }
            wrong.put(jobs.size(), e.getMessage());
            jobs.addNull();
        }
    }

    private void requireSome() {
        if (jobs.isEmpty()) {
            throw new Misuse(file + " has no jobs: write one JSON object on each line, such as {\"tool\": \"echo\"}");
        }
        if (jobs.size() > MOST) {
            throw new Misuse(file + " has " + jobs.size() + " jobs, and a batch takes 1,000: submit it in parts, as"
                    + " split -l 1000 makes them");
        }
    }

    /** The jobs as the API takes them. */
    ArrayNode jobs() {
        return jobs;
    }

    /** Why a job was refused, with its line. */
    String refused(int index, String message) {
        String at = place(numbers.get(index));
        String why = wrong.getOrDefault(index, message);
        return why.startsWith(at) ? why : at + ": " + why;
    }

    /** A text of the server with lines in place of its places. */
    String named(String text) {
        return PLACE.matcher(text).replaceAll(place -> {
            int index = Integer.parseInt(place.group(1));
            String member = place.group(2) == null ? "" : ", " + place.group(2);
            return Matcher.quoteReplacement(
                    index < numbers.size() ? place(numbers.get(index)) + member : place.group());
        });
    }

    private String place(int number) {
        return "line " + number + " of " + file;
    }
}
