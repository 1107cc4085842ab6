package io.longhaul.events;

import io.longhaul.jobs.JobChange;
import io.longhaul.jobs.sql.JobFeed;
import io.longhaul.loops.PollingLoop;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import org.jdbi.v3.core.Jdbi;

/**
 * Reads the changes of all jobs for all who follow them on this node: once, however many they are. Every job's newest
 * state is told at least once; states in between may be left out.
 *
 * <p>A place in the feed is a time of the database and holds on every node. Changes become visible out of the order of
 * their times, so only times at which nothing can be missing any more are given out as places; what is younger is read
 * again at the next look, and told once.
 *
 * @param <T> what a change is told as; made once for all followers
 */
public final class ChangeFeed<T> {
    private static final Duration POLL = Duration.ofMillis(500);

    /** Ten looks a second are as good as live, and states that follow each other sooner are told as one. */
    private static final Duration REST = Duration.ofMillis(100);

    /** Who was away for longer does better to list jobs anew. */
    private static final Duration LONGEST_ABSENCE = Duration.ofDays(1);

    private static final int PAGE = 500;
    private static final int PAGES = 10;

    private final Jdbi jdbi;
    private final BiFunction<JobChange, Instant, T> form;
    private final Map<ChangeFollower<T>, FeedPosition> followers = new ConcurrentHashMap<>();
    private final PollingLoop lookout = new PollingLoop("change-feed", this::look, REST, POLL);
    private final SeenChanges seen = new SeenChanges();
    private FeedPosition live;

    /**
     * Wires it; it looks from {@link #start} on.
     *
     * @param jdbi the database
     * @param form makes of a change, and of the place to go on from after it, what followers are told
     */
    public ChangeFeed(Jdbi jdbi, BiFunction<JobChange, Instant, T> form) {
        this.jdbi = jdbi;
        this.form = form;
    }

    /** Starts to look. */
    public void start() {
        lookout.start();
    }

    /** Stops looking. */
    public void stop() {
        lookout.stop();
    }

    /**
     * Adds a follower.
     *
     * @param follower who
     * @param from a place it was told, by this node or another, or null to begin now
     */
    public void add(ChangeFollower<T> follower, Instant from) {
        followers.put(follower, from == null ? FeedPosition.LIVE : FeedPosition.at(from));
        lookout.lookSoon();
    }

    /**
     * Removes a follower.
     *
     * @param follower who; may be told once more
     */
    public void remove(ChangeFollower<T> follower) {
        followers.remove(follower);
    }

    /** Says that jobs may have changed. */
    public void lookSoon() {
        if (!followers.isEmpty()) {
            lookout.lookSoon();
        }
    }

    private void look() {
        if (followers.isEmpty()) {
            live = null;
            seen.clear();
            return;
        }
        // Before the changes are read: whatever began before then is over, and can be seen by what is read after.
        Instant settled = jdbi.withExtension(JobFeed.class, JobFeed::settled);
        try {
            tellLive(settled);
        } catch (RuntimeException e) {
            // Some may have been read and not told.
            seen.clear();
            throw e;
        }
        followers.forEach((follower, place) -> {
            if (!place.isLive()) {
                catchUp(follower, place, settled);
            }
        });
    }

    private void tellLive(Instant settled) {
        live = live == null ? FeedPosition.at(settled) : live;
        List<T> news = new ArrayList<>();
        FeedPosition from = live;
        boolean complete = false;
        for (int i = 0; i < PAGES && !complete; i++) {
            List<JobChange> page = page(from);
            page.stream().filter(seen::isNews).forEach(change -> news.add(formed(change, settled)));
            complete = page.size() < PAGE;
            from = complete ? from : FeedPosition.of(page.get(page.size() - 1));
        }
        // Among settled changes each is a place of its own: thousands may bear the time of one transaction.
        boolean settledSoFar = from.at().isBefore(settled);
        live = !complete && settledSoFar ? from : live.orLater(complete ? settled : earlier(from.at(), settled));
        seen.forgetBefore(live.at());
        followers.forEach((follower, place) -> {
            if (place.isLive()) {
                follower.tell(news, live.at());
            }
        });
        if (!complete) {
            lookout.lookSoon();
        }
    }

    private void catchUp(ChangeFollower<T> follower, FeedPosition from, Instant settled) {
        if (from.at().isBefore(settled.minus(LONGEST_ABSENCE))) {
            follower.reset();
            followers.replace(follower, from, FeedPosition.LIVE);
            return;
        }
        FeedPosition place = from;
        for (int i = 0; i < PAGES && follower.isReady(); i++) {
            List<JobChange> page = page(place);
            boolean complete = page.size() < PAGE;
            place = complete ? FeedPosition.LIVE : FeedPosition.of(page.get(page.size() - 1));
            Instant reached = complete ? settled : earlier(place.at(), settled);
            follower.tell(page.stream().map(change -> formed(change, settled)).toList(), reached);
            if (complete) {
                break;
            }
        }
        followers.replace(follower, from, place);
        if (!place.isLive()) {
            lookout.lookSoon();
        }
    }

    private List<JobChange> page(FeedPosition from) {
        return jdbi.withExtension(JobFeed.class, feed -> feed.changes(from.time(), from.after(), PAGE));
    }

    private T formed(JobChange change, Instant settled) {
        return form.apply(change, earlier(change.at(), settled));
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }
}
