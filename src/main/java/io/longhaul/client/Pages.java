package io.longhaul.client;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Elements that come in pages; each page is fetched when it is needed. */
final class Pages<T> implements Iterator<T> {
    /**
     * A page.
     *
     * @param elements its content
     * @param next begin of the next page, or null
     */
    record Page<T>(List<T> elements, String next) {}

    private final Function<String, Page<T>> fetch;
    private Iterator<T> page;
    private String next;

    private Pages(Function<String, Page<T>> fetch) {
        this.fetch = fetch;
    }

    /** The first page is fetched with null. */
    static <T> Stream<T> stream(Function<String, Page<T>> fetch) {
        return StreamSupport.stream(
                Spliterators.spliteratorUnknownSize(
                        new Pages<>(fetch), Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.IMMUTABLE),
                false);
    }

    @Override
    public boolean hasNext() {
        while (page == null || (!page.hasNext() && next != null)) {
            Page<T> fetched = fetch.apply(next);
            page = fetched.elements().iterator();
            next = fetched.next();
        }
        return page.hasNext();
    }

    @Override
    public T next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return page.next();
    }
}
