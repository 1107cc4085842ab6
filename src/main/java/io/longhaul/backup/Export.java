package io.longhaul.backup;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.longhaul.schema.Changeset;
import io.longhaul.schema.CommandFailure;
import io.longhaul.schema.Cures;
import io.longhaul.schema.Queries;
import io.longhaul.schema.catalog.CatalogFact;
import io.longhaul.schema.catalog.CatalogSnapshot;
import io.longhaul.schema.watch.SchemaExpectation;
import io.longhaul.schema.watch.SchemaFinding;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.postgresql.PGConnection;

/** Writes all data of a schema into one file, as of one moment; jobs may run meanwhile. */
public final class Export {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Export() {}

    /**
     * Writes the file; it appears when it is complete.
     *
     * @param connection in autocommit mode, and so again afterwards
     * @param cures for messages
     * @return one line about what was written
     * @throws CommandFailure if the file exists, its folder does not, or the schema is none that this release knows
     */
    public static String write(Connection connection, Path file, Cures cures) throws Exception {
        if (Files.exists(file)) {
            throw new CommandFailure(file + " exists: name a new file, or remove that one first");
        }
        Path folder = file.toAbsolutePath().getParent();
        if (!Files.isDirectory(folder)) {
            throw new CommandFailure("There is no folder " + folder + ": make it, or name a file in another one");
        }
        Path unfinished = Path.of(file + ".unfinished");
        connection.setAutoCommit(false);
        try {
            Queries.execute(connection, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
            Manifest manifest = write(connection, created(unfinished), cures);
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
            return "%s holds %d jobs and all that belongs to them, schema level %d, as of %s."
                    .formatted(file, rows(manifest, "jobs"), manifest.level(), manifest.exportedAt());
        } finally {
            Files.deleteIfExists(unfinished);
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    /** For its user alone: it holds secrets of webhooks and hashes of keys. */
    private static OutputStream created(Path file) throws IOException {
        // A run that was killed may have left one.
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.newOutputStream(file);
    }

    private static Manifest write(Connection connection, OutputStream out, Cures cures) throws Exception {
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            Manifest known = manifest(connection, cures);
            List<Manifest.Table> tables = new ArrayList<>();
            for (Manifest.Table table : known.tables()) {
                zip.putNextEntry(new ZipEntry(table.entry()));
                long rows = copy(connection, table, zip);
                zip.closeEntry();
                tables.add(new Manifest.Table(table.name(), table.columns(), rows));
            }
            Manifest written = new Manifest(
                    known.format(),
                    known.level(),
                    known.changesets(),
                    known.postgresql(),
                    known.exportedAt(),
                    tables,
                    known.sequences());
            zip.putNextEntry(new ZipEntry(Manifest.ENTRY));
            zip.write(JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(written));
            zip.closeEntry();
            return written;
        }
    }

    private static long copy(Connection connection, Manifest.Table table, OutputStream zip)
            throws SQLException, IOException {
        String columns = Tables.list(connection, table.columns());
        // The driver closes what it writes to.
        OutputStream open = new FilterOutputStream(zip) {
            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                out.write(bytes, from, length);
            }

            @Override
            public void close() throws IOException {
                flush();
            }
        };
        return connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyOut("COPY " + table.name() + " (" + columns + ") TO STDOUT (FORMAT csv, HEADER)", open);
    }

    private static Manifest manifest(Connection connection, Cures cures) throws SQLException, CommandFailure {
        SchemaExpectation expectation = SchemaExpectation.packed();
        CatalogSnapshot snapshot = CatalogSnapshot.inTransaction(connection, "");
        SchemaFinding finding = expectation.compare(snapshot);
        List<String> applied = snapshot.applied().stream().map(Changeset::id).toList();
        List<String> ours =
                expectation.changelog().changesets().stream().map(Changeset::id).toList();
        if (finding.foundLevel() == 0 || !ours.containsAll(applied)) {
            throw new CommandFailure("This is no schema that this release can export (" + finding.levels() + "): "
                    + cures.verify() + " says what it is");
        }
        List<Manifest.Table> tables = new ArrayList<>();
        for (String table : Tables.inOrder(connection, names(expectation, finding.foundLevel()))) {
            tables.add(new Manifest.Table(table, Tables.columns(connection, table), 0));
        }
        return new Manifest(
                Manifest.FORMAT,
                finding.foundLevel(),
                ours.stream().filter(applied::contains).toList(),
                Queries.first(connection, "SHOW server_version"),
                Queries.first(connection, "SELECT to_char(NOW() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"),
                tables,
                sequences(connection, expectation, finding.foundLevel()));
    }

    private static List<String> names(SchemaExpectation expectation, int level) {
        return objects(expectation, level, CatalogFact.Kind.TABLE).stream()
                .filter(table -> !table.startsWith("databasechangelog"))
                .toList();
    }

    private static List<String> objects(SchemaExpectation expectation, int level, CatalogFact.Kind kind) {
        return expectation.facts(level).stream()
                .filter(fact -> fact.is(kind))
                .map(CatalogFact::object)
                .toList();
    }

    private static List<Manifest.Sequence> sequences(Connection connection, SchemaExpectation expectation, int level)
            throws SQLException {
        List<Manifest.Sequence> all = new ArrayList<>();
        for (String name : objects(expectation, level, CatalogFact.Kind.SEQUENCE)) {
            String state = Queries.first(connection, "SELECT last_value || ' ' || is_called FROM " + name);
            String[] parts = state.split(" ", -1);
            all.add(new Manifest.Sequence(name, Long.parseLong(parts[0]), Boolean.parseBoolean(parts[1])));
        }
        return all;
    }

    static long rows(Manifest manifest, String table) {
        return manifest.tables().stream()
                .filter(one -> one.name().equals(table))
                .mapToLong(Manifest.Table::rows)
                .sum();
    }
}
