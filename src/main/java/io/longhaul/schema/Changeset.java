package io.longhaul.schema;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One step of the schema, as the changelog names it.
 *
 * @param id unique among all changesets, such as {@code 0001-seed}
 * @param author {@link #OWNER} for this service; another name for changesets of an application that shares the
 *     changelog
 * @param file path on the class path, such as {@code db/changelog/0001-seed.sql}
 * @param level schema level it belongs to: {@code level=N} of its comment, else the number its file name starts with
 * @param minApp lowest level a release must have to run on a schema with this changeset: {@code min-app=M} of its
 *     comment, else its own level, because a step that is not declared additive may break older releases
 */
public record Changeset(String id, String author, String file, int level, int minApp) {
    /** The author of all changesets of this service. */
    static final String OWNER = "longhaul";

    /** File name that Liquibase writes for a tag that was set before there was any changeset. */
    static final String TAGS_ONLY = "liquibase-internal";

    /** SQL condition on rows of the changelog: changesets of this service, of any release. */
    public static final String OURS = "author = '" + OWNER + "' AND filename <> '" + TAGS_ONLY + "'";

    private static final Pattern LEVEL = Pattern.compile("\\blevel=(\\d{1,6})\\b");
    private static final Pattern MIN_APP = Pattern.compile("\\bmin-app=(\\d{1,6})\\b");
    private static final Pattern FILE_NUMBER = Pattern.compile("(?:^|/)0*(\\d{1,6})[^/]*$");

    /** Reads level and lowest release from a changeset's comment, which may be null. */
    public static Changeset of(String id, String author, String file, String comment) {
        String text = comment == null ? "" : comment;
        int level = number(LEVEL, text, number(FILE_NUMBER, file, 0));
        return new Changeset(id, author, file, level, number(MIN_APP, text, level));
    }

    private static int number(Pattern pattern, String text, int otherwise) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? Integer.parseInt(matcher.group(1)) : otherwise;
    }
}
