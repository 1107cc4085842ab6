package io.longhaul.api.http;

import java.util.List;

/**
 * One page of a list.
 *
 * @param hasNext whether another page follows
 */
public record Slice<T>(List<T> items, boolean hasNext) {
    /** Cuts what was found, which is one more than the limit if another page follows. */
    public static <T> Slice<T> of(List<T> found, int limit) {
        boolean more = found.size() > limit;
        return new Slice<>(more ? found.subList(0, limit) : found, more);
    }

    public T last() {
        return items.get(items.size() - 1);
    }
}
