package io.longhaul.console.jobs;

import java.util.List;

/**
 * How to see or do without the console what a page shows and offers.
 *
 * @param ways what the page shows, and then each of its actions
 */
public record Commands(List<Way> ways) {
    /** Ways in the order in which people look for them. */
    public static Commands of(Way... ways) {
        return new Commands(List.of(ways));
    }
}
