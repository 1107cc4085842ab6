package io.longhaul.schema.catalog;

/** Suggests how to give a function the settings that its migrations gave it. */
final class FunctionRepair {
    /** How the catalog's path of a function reads that names the schema where the function is. */
    private static final String OWN_PATH = "search_path=its schema, pg_temp";

    private FunctionRepair() {}

    /** What a CREATE FUNCTION does not say, as a statement of its own; empty for most functions. */
    static String afterwards(CatalogFact function) {
        return function.get("settings").isEmpty() ? "" : " " + settings(function);
    }

    /** The schema's name is not known here: the session that runs the statement works in it. */
    static String settings(CatalogFact function) {
        String reset = "ALTER FUNCTION " + function.object() + " RESET ALL";
        return function.get("settings").equals(OWN_PATH)
                ? "DO $path$ BEGIN EXECUTE format('" + reset
                        + " SET search_path = %I, pg_temp', current_schema()); END $path$;"
                : reset + ";";
    }
}
