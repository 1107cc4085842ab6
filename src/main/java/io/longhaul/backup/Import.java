package io.longhaul.backup;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.longhaul.json.JsonFault;
import io.longhaul.schema.Changelog;
import io.longhaul.schema.Changeset;
import io.longhaul.schema.CommandFailure;
import io.longhaul.schema.Cures;
import io.longhaul.schema.Queries;
import io.longhaul.schema.migrate.Migrator;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import javax.sql.DataSource;
import org.postgresql.PGConnection;

/** Reads a file of {@link Export} into a database without jobs, and brings the schema to this release. */
public final class Import {
    private final DataSource source;
    private final Consumer<String> report;
    private final Path file;
    private final Cures cures;

    private Import(DataSource source, Consumer<String> report, Path file, Cures cures) {
        this.cures = cures;
        this.source = source;
        this.report = report;
        this.file = file;
    }

    /**
     * Reads the file. All rows come in one transaction: after a failure the tables are empty, and the same command works
     * again.
     *
     * @param source must give two connections at a time; its role must own the schema
     * @param report receives one line for each thing done
     * @param cures for messages
     * @return one line about what was read
     * @throws CommandFailure if the file is none of ours, or the database holds anything already
     */
    public static String read(DataSource source, Path file, Consumer<String> report, Cures cures) throws Exception {
        return new Import(source, report, file, cures).read();
    }

    private String read() throws Exception {
        if (!Files.isRegularFile(file)) {
            throw new CommandFailure("There is no file " + file + ": name one that data export wrote");
        }
        try (ZipFile zip = new ZipFile(file.toFile())) {
            Manifest manifest = manifest(zip);
            requireKnown(manifest);
            new Migrator(source, report)
                    .with(cures)
                    .migrateTo(manifest.changesets().size());
            fill(zip, manifest);
            new Migrator(source, report).with(cures).migrate();
            return "%d jobs and all that belongs to them are there, as of %s. Jobs that ran then run again when their leases are over."
                    .formatted(Export.rows(manifest, "jobs"), manifest.exportedAt());
        } catch (ZipException e) {
            throw new CommandFailure(
                    CommandFailure.FAILED,
                    file + " is no file of data export, or not all of it (" + e.getMessage()
                            + "): copy it once more, or write it anew with data export",
                    e);
        }
    }

    private Manifest manifest(ZipFile zip) throws IOException, CommandFailure {
        ZipEntry entry = zip.getEntry(Manifest.ENTRY);
        if (entry == null) {
            throw new CommandFailure(file + " is no file of data export: it has no " + Manifest.ENTRY);
        }
        try (InputStream in = zip.getInputStream(entry)) {
            Manifest manifest = new ObjectMapper().readValue(in, Manifest.class);
            if (!Manifest.FORMAT.equals(manifest.format())) {
                throw new CommandFailure(file + " has the format " + manifest.format() + ", and this release reads "
                        + Manifest.FORMAT + ": use the release that wrote it");
            }
            return manifest;
        } catch (JsonProcessingException e) {
            throw new CommandFailure(
                    CommandFailure.FAILED,
                    file + " has a " + Manifest.ENTRY + " that cannot be read: " + JsonFault.of(e),
                    e);
        }
    }

    /** The changesets of the file must be the first of ours: then our migrations lead on from there. */
    private void requireKnown(Manifest manifest) throws CommandFailure {
        List<String> ours =
                Changelog.packed().changesets().stream().map(Changeset::id).toList();
        List<String> theirs = manifest.changesets();
        if (theirs.size() > ours.size() || !ours.subList(0, theirs.size()).equals(theirs)) {
            throw new CommandFailure(file + " comes from schema level " + manifest.level() + ", which this release ("
                    + Changelog.packed().level()
                    + ") does not know: import it with the release that wrote it, or a newer one");
        }
    }

    private void fill(ZipFile zip, Manifest manifest) throws Exception {
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            try {
                requireEmpty(connection, manifest);
                for (Manifest.Table table : manifest.tables()) {
                    fill(connection, zip, table);
                }
                for (Manifest.Sequence one : manifest.sequences()) {
                    Queries.first(
                            connection,
                            "SELECT setval('" + one.name() + "', " + one.lastValue() + ", " + one.isCalled() + ")");
                }
                connection.commit();
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        }
    }

    private void requireEmpty(Connection connection, Manifest manifest) throws SQLException, CommandFailure {
        for (Manifest.Table table : manifest.tables()) {
            // Keeps nodes from starting in between.
            Queries.execute(connection, "LOCK TABLE " + table.name() + " IN ACCESS EXCLUSIVE MODE");
            if (Queries.isTrue(connection, "SELECT EXISTS (SELECT FROM " + table.name() + ")")) {
                throw new CommandFailure("The database holds data already (table " + table.name()
                        + "), which an import never overwrites: name an empty database (DATABASE_URL), or an empty folder"
                        + " (LONGHAUL_DATA)");
            }
        }
    }

    private void fill(Connection connection, ZipFile zip, Manifest.Table table) throws Exception {
        ZipEntry entry = zip.getEntry(table.entry());
        if (entry == null) {
            throw new CommandFailure(file + " lacks " + table.entry() + ", which its " + Manifest.ENTRY + " names");
        }
        // Triggers would write webhook deliveries for jobs that ended long ago.
        Queries.execute(connection, "ALTER TABLE " + table.name() + " DISABLE TRIGGER USER");
        try (InputStream in = zip.getInputStream(entry)) {
            long rows = connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn(
                            "COPY " + table.name() + " (" + Tables.list(connection, table.columns())
                                    + ") FROM STDIN (FORMAT csv, HEADER)",
                            in);
            if (rows != table.rows()) {
                throw new CommandFailure(
                        file + " has " + rows + " rows of " + table.name() + " instead of " + table.rows());
            }
        }
        Queries.execute(connection, "ALTER TABLE " + table.name() + " ENABLE TRIGGER USER");
    }
}
