package io.longhaul.events;

import java.time.Instant;
import java.util.List;

/**
 * Follows the changes of all jobs. All its methods are called by one thread, and must not block.
 *
 * @param <T> what a change is told as
 */
public interface ChangeFollower<T> {
    /**
     * Whether it takes a page of earlier changes now. Changes that just happen are told in any case.
     *
     * @return false while the last ones are still on their way
     */
    boolean isReady();

    /** The place to go on from is too long ago: whoever follows must look at all jobs anew. */
    void reset();

    /**
     * Takes changes.
     *
     * @param changes in the order of their times, may be none
     * @param place whoever has been told these misses nothing by going on from here
     */
    void tell(List<T> changes, Instant place);
}
