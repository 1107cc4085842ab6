package io.longhaul.schema;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One step of the schema, as the changelog names it.
 *
 * @param id unique among all changesets, such as {@code 0001-seed}
 * @param author who owns it: {@link #OWNER} for ours, somebody else for those of an application that shares the changelog
 * @param file path on the class path, such as {@code db/changelog/0001-seed.sql}
 * @param level schema level it belongs to: {@code level=N} of its comment, else the number its file name starts with
 * @param minApp lowest level a jar must have to run on a schema with this changeset: {@code min-app=M} of its
 *     comment, else its own level, because a step that does not say that it is additive may break older jars
 */
public record Changeset(String id, String author, String file, int level, int minApp) {
    /** The author of all changesets of this service. */
    static final String OWNER = "longhaul";

    /** The file of a row that only bears a tag, made before there was a changeset to bear it. */
    static final String TAGS_ONLY = "liquibase-internal";

    /** In SQL, which rows of the changelog are changesets of this service, of whatever release. */
    public static final String OURS = "author = '" + OWNER + "' AND filename <> '" + TAGS_ONLY + "'";

    private static final Pattern LEVEL = Pattern.compile("\\blevel=(\\d{1,6})\\b");
    private static final Pattern MIN_APP = Pattern.compile("\\bmin-app=(\\d{1,6})\\b");
    private static final Pattern FILE_NUMBER = Pattern.compile("(?:^|/)0*(\\d{1,6})[^/]*$");

    /**
     * Reads level and window from a changeset's comment.
     *
     * @param id the changeset's id
     * @param author the changeset's author
     * @param file path of its changelog file
     * @param comment its comment, or null
     * @return the changeset
     */
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
