package io.longhaul.tools.params;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The errors that are told of one call's params: the first ones, because more would only make the answer long. */
public final class ParamErrors {
    private static final int MOST_ERRORS = 100;

    private static final int LONGEST_MESSAGE = 500;

    /** Characters of the pointers of all errors: the names in the params may be as long as these. */
    private static final int MOST_POINTER_CHARS = 64 * 1024;

    /** One place may be wrong in the same way along several paths of the schema. */
    private final Set<ParamError> errors = new LinkedHashSet<>();

    private int chars;

    /** True once no more errors are wanted. */
    public boolean isFull() {
        return errors.size() == MOST_ERRORS || chars > MOST_POINTER_CHARS;
    }

    /**
     * Adds an error, unless there are enough.
     *
     * @param pointer JSON pointer to the wrong value
     * @param message what is wrong with it; cut if it is long
     */
    public void add(String pointer, String message) {
        if (!isFull()) {
            chars += pointer.length();
            errors.add(new ParamError(
                    pointer,
                    Storable.text(
                            message.length() > LONGEST_MESSAGE
                                    ? message.substring(0, LONGEST_MESSAGE) + "..."
                                    : message)));
        }
    }

    /** The errors in the order in which they were found. */
    public List<ParamError> list() {
        return List.copyOf(errors);
    }
}
