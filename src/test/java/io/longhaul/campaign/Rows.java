package io.longhaul.campaign;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.longhaul.campaign.History.Row;
import io.longhaul.campaign.History.Run;
import io.longhaul.campaign.History.State;
import io.longhaul.testing.Database;
import io.longhaul.testing.Ledger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads what a campaign has left in the database and in the ledger. */
final class Rows {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Rows() {}

    /** The jobs, with the attempts that did not complete them. */
    static List<Row> of(Database database) throws IOException {
        Map<String, Map<Integer, String>> over = new HashMap<>();
        for (String line : database.column(
                "SELECT job_id || ' ' || attempt || ' ' || COALESCE(node_name, '-') FROM job_attempts")) {
            String[] words = line.split(" ", 3);
            over.computeIfAbsent(words[0], job -> new HashMap<>()).put(Integer.parseInt(words[1]), words[2]);
        }
        List<Row> rows = new ArrayList<>();
        for (String line : database.column("""
                SELECT concat_ws(' ', id, COALESCE(idempotency_key, '-'), status, attempt, COALESCE(node_name, '-'), tool_name,
                                 COALESCE(result::text, 'null'))
                FROM jobs
                """)) {
            String[] words = line.split(" ", 7);
            rows.add(new Row(
                    words[0],
                    words[1],
                    new State(words[2], Integer.parseInt(words[3]), result(words[6])),
                    words[4].equals("-") ? null : words[4],
                    !words[5].equals("echo"),
                    over.getOrDefault(words[0], Map.of())));
        }
        return rows;
    }

    private static String result(String json) throws JsonProcessingException {
        return json.equals("null") ? null : JSON.readTree(json).toString();
    }

    /** The entries of a ledger, on the clock of the clients. */
    static List<Run> runs(List<Ledger.Entry> entries) throws IOException {
        String up = Files.readString(Path.of("/proc/uptime"));
        long zero = System.nanoTime() - nanos(Double.parseDouble(up.substring(0, up.indexOf(' '))));
        return entries.stream()
                .map(entry -> new Run(
                        entry.job(),
                        entry.attempt(),
                        entry.node(),
                        zero + nanos(entry.begun()),
                        Double.isInfinite(entry.ended()) ? History.NEVER : zero + nanos(entry.ended())))
                .toList();
    }

    private static long nanos(double seconds) {
        return Math.round(seconds * 1_000_000_000);
    }
}
