package io.longhaul.json;

/**
 * The JSON Pointer (RFC 6901) of the current place of a walk through a tree. Its text is made only where it is needed: a
 * name can be as long as a request, and a text for each of the elements below it would fill the memory.
 */
public final class WalkedPointer {
    private final StringBuilder text = new StringBuilder();

    /** Goes down to a member; the answer leads {@link #back}. */
    public int down(String name) {
        int from = text.length();
        text.append('/').append(name.replace("~", "~0").replace("/", "~1"));
        return from;
    }

    /** Goes down to an element of a list; the answer leads {@link #back}. */
    public int down(int index) {
        int from = text.length();
        text.append('/').append(index);
        return from;
    }

    /** Goes back to where {@code down} was called. */
    public void back(int from) {
        text.setLength(from);
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
