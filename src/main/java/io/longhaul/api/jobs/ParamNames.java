package io.longhaul.api.jobs;

import io.longhaul.api.http.QueryParameters;
import io.longhaul.jobs.sql.ParamValues;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Names of members of params in a query: {@code params.sample}, or {@code params.options.depth} for a member of a member.
 * Members whose own names hold dots or commas cannot be named.
 */
public final class ParamNames {
    /** Before the name of a member, wherever it stands among other names. */
    public static final String PREFIX = "params.";

    /** Most columns of a list. */
    public static final int MOST_COLUMNS = 10;

    private static final int MOST_VALUES = 5;
    private static final int MOST_LEVELS = 8;
    private static final int LONGEST = 200;
    private static final int LONGEST_VALUE = 1_000;

    private ParamNames() {}

    /** True for {@code params.} and the name of a member. */
    public static boolean isOne(String name) {
        if (!name.startsWith(PREFIX) || name.length() > LONGEST) {
            return false;
        }
        String[] levels = name.substring(PREFIX.length()).split("\\.", -1);
        return levels.length <= MOST_LEVELS && Arrays.stream(levels).noneMatch(String::isBlank);
    }

    /** The name without the prefix. */
    public static String member(String name) {
        return name.substring(PREFIX.length());
    }

    /** Reads the values that params must have; null if there are none. Parameters without a value are left out. */
    public static ParamValues values(QueryParameters query) {
        if (query.has("params")) {
            query.wrong("params", "must be followed by the name of a member: params.NAME=value");
        }
        SortedMap<String, String> wanted = new TreeMap<>();
        List<String> names = query.names(PREFIX);
        for (String name : names) {
            String value = query.text(name);
            if (!isOne(name) || name.indexOf(0) >= 0) {
                query.wrong(
                        name,
                        "must name a member of the params, of " + LONGEST + " characters at most: params.NAME, or"
                                + " params.NAME.MEMBER for a member of a member");
            } else if (value != null && value.length() > LONGEST_VALUE) {
                query.wrong(name, "must be at most " + LONGEST_VALUE + " characters long");
            } else if (value != null) {
                wanted.put(member(name), value);
            }
        }
        if (wanted.size() > MOST_VALUES) {
            query.wrong("params", "may be there for at most " + MOST_VALUES + " members");
        }
        return wanted.isEmpty() ? null : new ParamValues(wanted);
    }
}
