package io.longhaul.schema.watch;

import io.longhaul.schema.Changelog;
import io.longhaul.schema.Changeset;
import io.longhaul.schema.catalog.CatalogFact;
import io.longhaul.schema.catalog.CatalogSnapshot;
import io.longhaul.schema.catalog.Difference;
import io.longhaul.schema.catalog.MissingGrants;
import io.longhaul.schema.catalog.SchemaDiff;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/**
 * The schema that this jar needs: its changesets, and the catalog facts of each level. A test (LevelFilesTest) writes
 * the level files.
 */
public final class SchemaExpectation {
    /** The facts of each level that was asked for. A node needs those of one or two, again at each look. */
    private static final Map<Integer, List<CatalogFact>> PACKED = new ConcurrentHashMap<>();

    private final Changelog changelog;
    private final IntFunction<List<CatalogFact>> factsOfLevel;
    private final int oldest;
    private volatile SchemaSteps steps;

    SchemaExpectation(Changelog changelog, IntFunction<List<CatalogFact>> factsOfLevel, int oldest) {
        this.changelog = changelog;
        this.factsOfLevel = factsOfLevel;
        this.oldest = oldest;
    }

    /** The expectation of this jar, for its own level only. */
    public static SchemaExpectation packed() {
        return packed(Changelog.packed().level());
    }

    /**
     * The expectation of this jar.
     *
     * @param oldestLevel the oldest schema level on which its code runs, 1 or more
     */
    public static SchemaExpectation packed(int oldestLevel) {
        return new SchemaExpectation(
                Changelog.packed(),
                level -> PACKED.computeIfAbsent(level, SchemaExpectation::packedFacts),
                oldestLevel);
    }

    /** The level this release was built for, 1 or more. */
    public int level() {
        return changelog.level();
    }

    /** The oldest level that this release runs on, 1 to {@link #level()}. */
    public int oldest() {
        return oldest;
    }

    public Changelog changelog() {
        return changelog;
    }

    /**
     * The catalog facts that the migrations up to a level make, sorted.
     *
     * @param level 0 for the empty schema, up to {@link #level()}
     * @throws IllegalArgumentException if this jar has no such level
     */
    public List<CatalogFact> facts(int level) {
        return level == 0 ? List.of() : factsOfLevel.apply(level);
    }

    /** Compares a database with this expectation. */
    public SchemaFinding compare(CatalogSnapshot snapshot) {
        List<String> pending = idsWithout(changelog.changesets(), snapshot.applied());
        List<String> unknown = idsWithout(snapshot.applied(), changelog.changesets());
        int found = foundLevel(snapshot, pending);
        int basis = found >= oldest && found < level() ? found : level();
        return new SchemaFinding(level(), found, pending, unknown, differences(snapshot, basis));
    }

    /**
     * All differences from one level, including missing grants on its tables.
     *
     * @param level 0 to {@link #level()}
     * @return as {@link SchemaDiff#between}, then the missing grants
     */
    public List<Difference> differences(CatalogSnapshot snapshot, int level) {
        boolean explained =
                !idsWithout(snapshot.applied(), changelog.changesets()).isEmpty();
        List<Difference> all = new ArrayList<>(SchemaDiff.between(facts(level), snapshot.facts(), explained));
        Set<String> ours = facts(level).stream().map(CatalogFact::object).collect(Collectors.toSet());
        snapshot.missingGrants().stream()
                .filter(grant -> MissingGrants.concerns(grant, ours))
                .map(MissingGrants::difference)
                .forEach(all::add);
        return all;
    }

    /** The schema after each changeset, read when it is first needed. */
    SchemaSteps steps() {
        if (steps == null) {
            steps = SchemaSteps.of(this);
        }
        return steps;
    }

    /** True if the level of a database is not too old for this release. */
    boolean runsOn(int foundLevel) {
        return foundLevel >= oldest;
    }

    /** The applied changesets of newer releases that this one must not run on. */
    List<Changeset> breaking(CatalogSnapshot snapshot) {
        Set<String> known = ids(changelog.changesets());
        return snapshot.applied().stream()
                .filter(applied -> !known.contains(applied.id()) && applied.minApp() > level())
                .toList();
    }

    private int foundLevel(CatalogSnapshot snapshot, List<String> pending) {
        int firstPending = changelog.changesets().stream()
                .filter(changeset -> pending.contains(changeset.id()))
                .mapToInt(Changeset::level)
                .min()
                .orElse(Integer.MAX_VALUE);
        return snapshot.applied().stream()
                .mapToInt(Changeset::level)
                .filter(level -> level < firstPending)
                .max()
                .orElse(0);
    }

    private static List<String> idsWithout(List<Changeset> all, List<Changeset> without) {
        Set<String> known = ids(without);
        return all.stream().map(Changeset::id).filter(id -> !known.contains(id)).toList();
    }

    private static Set<String> ids(List<Changeset> changesets) {
        return changesets.stream().map(Changeset::id).collect(Collectors.toSet());
    }

    private static List<CatalogFact> packedFacts(int level) {
        String name = "schema/level-%02d.txt".formatted(level);
        try (InputStream in = SchemaExpectation.class.getClassLoader().getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalArgumentException(
                        name + " is not in this jar: run LevelFilesTest with -Dlonghaul.snapshot=write.");
            }
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads a level file; lines starting with # are remarks. */
    static List<CatalogFact> parse(String text) {
        return text.lines()
                .filter(line -> !line.startsWith("#") && !line.isBlank())
                .map(CatalogFact::parse)
                .sorted()
                .toList();
    }
}
