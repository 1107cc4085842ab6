package io.longhaul.backup;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * What a file of data holds: its entry {@code manifest.json}.
 *
 * @param format {@link #FORMAT}
 * @param level schema level of the data
 * @param changesets ids of the changesets that made that schema, in their order
 * @param postgresql version of the server that the data comes from
 * @param exportedAt the database's time of the export
 * @param tables the tables, in an order in which they can be filled
 * @param sequences the sequences
 */
record Manifest(
        @JsonProperty("format") String format,
        @JsonProperty("level") int level,
        @JsonProperty("changesets") List<String> changesets,
        @JsonProperty("postgresql") String postgresql,
        @JsonProperty("exported_at") String exportedAt,
        @JsonProperty("tables") List<Table> tables,
        @JsonProperty("sequences") List<Sequence> sequences) {
    static final String FORMAT = "longhaul-data-1";
    static final String ENTRY = "manifest.json";

    /** A table; its rows are CSV as PostgreSQL's {@code COPY ... (FORMAT csv, HEADER)} writes it. */
    record Table(
            @JsonProperty("name") String name,
            @JsonProperty("columns") List<String> columns,
            @JsonProperty("rows") long rows) {
        String entry() {
            return "tables/" + name + ".csv";
        }
    }

    /** A sequence and where it stands. */
    record Sequence(
            @JsonProperty("name") String name,
            @JsonProperty("last_value") long lastValue,
            @JsonProperty("is_called") boolean isCalled) {}
}
