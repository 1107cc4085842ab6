package io.longhaul.events;

import java.time.Instant;
import java.util.List;

/**
 * Follows the changes of all jobs. All its methods are called by one thread, and must not block.
 *
 * @param <T> the form in which changes are reported
 */
public interface ChangeFollower<T> {
    /**
     * Returns false while the last page is still on its way: then no page of earlier changes is reported.
     */
    boolean isReady();

    /**
     * Returns true while much is still on its way: then changes that just happen are not reported either, but later, as
     * pages of earlier changes.
     */
    boolean isBehind();

    /** Reports that the position to go on from is too long ago: the follower must look at all jobs anew. */
    void reset();

    /**
     * Reports changes.
     *
     * @param changes in the order of their times, may be empty
     * @param place a follower misses nothing if it goes on from here
     */
    void tell(List<T> changes, Instant place);
}
