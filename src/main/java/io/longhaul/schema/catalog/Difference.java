package io.longhaul.schema.catalog;

/**
 * One difference between the expected and the found schema.
 *
 * @param fact the object, as expected; as found if nothing was expected
 * @param attribute the attribute that differs, such as {@code type}, or null if the whole object is missing or extra
 * @param expected what the migrations make; {@code nothing} if the object is extra
 * @param found what the database has; {@code nothing} if the object is missing
 * @param severity effect on traffic
 * @param repair a statement that would repair it, or a remark starting with {@code --}; it is never run
 */
public record Difference(
        CatalogFact fact, String attribute, String expected, String found, Severity severity, String repair) {
    /** Text for the side that lacks the object. */
    public static final String NOTHING = "nothing";

    public boolean isMissing() {
        return found.equals(NOTHING);
    }

    public boolean isExtra() {
        return expected.equals(NOTHING);
    }

    /** The object and attribute, such as {@code column jobs.status type}. */
    public String subject() {
        String object = fact.kind().label() + " " + fact.object();
        return attribute == null ? object : object + " " + attribute.replace('_', ' ');
    }

    /** The difference in one line, such as {@code column jobs.status type: expected jobstatus, found text}. */
    public String line() {
        return subject() + ": expected " + expected + ", found " + found;
    }
}
