package io.longhaul.schema;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * All changesets of this jar. Read without Liquibase, which would cost a second of each start.
 *
 * @param root class path name of the root changelog
 * @param changesets in the order in which they are applied
 * @param fingerprint SHA-256 over all changelog files, hexadecimal
 * @param repeats true if some changeset runs again although it is applied ({@code runAlways}, {@code runOnChange})
 */
public record Changelog(String root, List<Changeset> changesets, String fingerprint, boolean repeats) {
    private static final String ROOT = "migrations.xml";
    private static final String FOLDER = "db/changelog";
    private static final Pattern HEADER = Pattern.compile("^--\\s*changeset\\s+([^:\\s]+):(\\S+)(.*)$");
    private static final Pattern COMMENT = Pattern.compile("^--\\s*comment:?\\s+(.*)$");

    public Changelog {
        changesets = List.copyOf(changesets);
    }

    /** The changelog of this jar. */
    public static Changelog packed() {
        return read(ROOT, FOLDER);
    }

    /**
     * Reads a changelog from the class path.
     *
     * @param folder the folder whose {@code .sql} files the root includes, in alphabetical order
     */
    static Changelog read(String root, String folder) {
        List<Changeset> changesets = new ArrayList<>();
        MessageDigest digest = sha256();
        boolean repeats = false;
        digest.update(text(root).getBytes(StandardCharsets.UTF_8));
        for (String file : files(root, folder)) {
            String text = text(file);
            digest.update((file + '\n' + text).getBytes(StandardCharsets.UTF_8));
            repeats |= text.contains("runAlways:true") || text.contains("runOnChange:true");
            changesets.addAll(changesets(file, text));
        }
        return new Changelog(root, changesets, HexFormat.of().formatHex(digest.digest()), repeats);
    }

    /** The schema level that all changesets together make; 0 without any. */
    public int level() {
        return changesets.stream().mapToInt(Changeset::level).max().orElse(0);
    }

    /**
     * The statement of the last migration that makes a function.
     *
     * @param signature name and types of parameters, such as {@code f(uuid)}
     * @return the statement, which also replaces another function of that signature; empty if no migration makes it
     */
    public static Optional<String> function(String signature) {
        String name = signature.substring(0, signature.indexOf('('));
        Pattern statement = Pattern.compile(
                "CREATE (?:OR REPLACE )?(FUNCTION " + Pattern.quote(name) + "\\(.*?(\\$\\w*\\$).*?\\2;)",
                Pattern.DOTALL);
        return files(ROOT, FOLDER).stream()
                .flatMap(file -> statement.matcher(text(file)).results())
                // Liquibase leaves comments out, too.
                .map(found -> "CREATE OR REPLACE " + found.group(1).replaceAll("(?m)^\\s*--.*\\R", ""))
                .reduce((earlier, later) -> later);
    }

    private static List<Changeset> changesets(String file, String text) {
        List<Changeset> found = new ArrayList<>();
        for (String line : text.lines().toList()) {
            Matcher header = HEADER.matcher(line);
            Matcher comment = COMMENT.matcher(line);
            if (header.matches()) {
                found.add(Changeset.of(header.group(2), header.group(1), file, null));
            } else if (comment.matches() && !found.isEmpty()) {
                Changeset last = found.remove(found.size() - 1);
                found.add(Changeset.of(last.id(), last.author(), file, comment.group(1)));
            }
        }
        return found;
    }

    private static List<String> files(String root, String folder) {
        URL url = resource(root);
        try {
            return "jar".equals(url.getProtocol()) ? packedFiles(url, folder) : looseFiles(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> packedFiles(URL url, String folder) throws IOException {
        JarURLConnection connection = (JarURLConnection) url.openConnection();
        // The cached JarFile belongs to the class loader: closing it would close it for all users.
        connection.setUseCaches(false);
        try (JarFile jar = connection.getJarFile()) {
            return changelogs(jar.stream().map(entry -> entry.getName()).filter(name -> name.startsWith(folder + "/")));
        }
    }

    private static List<String> looseFiles(String folder) throws IOException {
        try (Stream<Path> files = Files.list(Path.of(resource(folder).toURI()))) {
            return changelogs(files.map(file -> folder + "/" + file.getFileName()));
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }

    private static List<String> changelogs(Stream<String> names) {
        return names.filter(name -> name.endsWith(".sql")).sorted().toList();
    }

    private static String text(String name) {
        try (InputStream in = resource(name).openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static URL resource(String name) {
        URL url = Changelog.class.getClassLoader().getResource(name);
        if (url == null) {
            throw new IllegalStateException(name + " is not on the class path: this jar is broken, build it again.");
        }
        return url;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
