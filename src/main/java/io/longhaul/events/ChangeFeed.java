package io.longhaul.events;

import io.longhaul.jobs.JobChange;
import io.longhaul.jobs.sql.JobFeed;
import io.longhaul.loops.PollingLoop;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Jdbi;

/**
 * Reads the changes of all jobs for all followers on this node: once, however many they are. Every job's newest state
 * is reported at least once; states in between may be left out.
 *
 * <p>A position in the feed is a time of the database and holds on every node. Changes become visible out of the order
 * of their times, so only times before which nothing can be missing are given out as positions; younger changes are
 * read again at the next look, and reported once.
 *
 * @param <T> the form in which changes are reported; made once for all followers
 */
public final class ChangeFeed<T> {
    /** Makes the reported form of a change and of the position after it. */
    public interface Form<T> {
        T of(JobChange change, Instant position);
    }

    private static final Duration POLL = Duration.ofMillis(500);

    /** Ten looks a second are as good as live, and states that follow each other sooner are reported as one. */
    private static final Duration REST = Duration.ofMillis(100);

    /** A follower that was away for longer does better to list jobs anew. */
    private static final Duration LONGEST_ABSENCE = Duration.ofDays(1);

    /**
     * Another node may have seen a little more. A later position is of the time before the clock of the database was set
     * back.
     */
    private static final Duration FURTHEST_AHEAD = Duration.ofMinutes(1);

    /** Seconds until PostgreSQL or the driver gives up on a statement. */
    private static final int PATIENCE = 10;

    /** Two clocks run alike, but not quite. */
    private static final Duration MARGIN = Duration.ofSeconds(1);

    /**
     * The settled time steps back a little now and then, without a change of the clock. What is read again after that was
     * reported no longer ago than this.
     */
    private static final Duration MEMORY = Duration.ofSeconds(5);

    private static final int PAGE = 500;
    private static final int PAGES = 10;

    private final Jdbi jdbi;
    private final Form<T> form;
    private final Map<ChangeFollower<T>, FeedPosition> followers = new ConcurrentHashMap<>();
    private final PollingLoop loop = new PollingLoop("change-feed", this::look, REST, POLL);
    private final SeenChanges seen = new SeenChanges();
    private final YoungLeases youngLeases = new YoungLeases();
    private FeedPosition live;
    private long lookedNanos;

    public ChangeFeed(Jdbi jdbi, Form<T> form) {
        this.jdbi = jdbi;
        this.form = form;
    }

    public void start() {
        loop.start();
    }

    public void stop() {
        loop.stop();
    }

    /**
     * Adds a follower.
     *
     * @param from a position that this or another node reported, or null to begin now
     */
    public void add(ChangeFollower<T> follower, Instant from) {
        followers.put(follower, from == null ? FeedPosition.LIVE : FeedPosition.at(from));
        loop.lookSoon();
    }

    /** Removes a follower, which may be called once more. */
    public void remove(ChangeFollower<T> follower) {
        followers.remove(follower);
    }

    /** Looks soon, because jobs may have changed. */
    public void lookSoon() {
        if (!followers.isEmpty()) {
            loop.lookSoon();
        }
    }

    private void look() {
        if (followers.isEmpty()) {
            live = null;
            seen.clear();
            youngLeases.clear();
            return;
        }
        // Before the changes are read: every transaction that began before that time is over, so the read after it sees
        // its changes.
        long begin = System.nanoTime();
        Instant settled = jdbi.withExtension(JobFeed.class, feed -> feed.settled(PATIENCE));
        try {
            tellLive(settled);
        } catch (RuntimeException e) {
            // Some may have been read and not reported.
            seen.clear();
            throw e;
        }
        lookedNanos = begin;
        followers.forEach((follower, place) -> {
            if (!place.isLive()) {
                catchUp(follower, place, settled);
            }
        });
    }

    private void tellLive(Instant settled) {
        if (live == null) {
            live = FeedPosition.at(settled);
        } else if (settled.isBefore(live.at())) {
            // The clock of the database may have been set back: then what has happened since the last look has earlier
            // times, too.
            live = FeedPosition.at(
                    settled.minusNanos(System.nanoTime() - lookedNanos).minus(MARGIN));
        }
        List<T> news = new ArrayList<>();
        FeedPosition begin = live;
        FeedPosition from = begin;
        boolean complete = false;
        for (int i = 0; i < PAGES && !complete; i++) {
            List<JobChange> page = page(from);
            report(page, settled, news);
            complete = page.size() < PAGE;
            from = complete ? from : FeedPosition.of(page.get(page.size() - 1));
        }
        List<JobChange> returned = returned(settled);
        report(returned, settled, news);
        // Among settled changes each has a position of its own: thousands may bear the time of one transaction.
        boolean settledSoFar = from.at().isBefore(settled);
        live = !complete && settledSoFar ? from : live.orLater(complete ? settled : earlier(from.at(), settled));
        seen.forgetBefore(live.at().minus(MEMORY));
        tell(news, begin.orEarlier(returned));
        if (!complete) {
            loop.lookSoon();
        }
    }

    /** Those who are behind read these changes later, from the position before them. */
    private void tell(List<T> news, FeedPosition before) {
        followers.forEach((follower, place) -> {
            if (place.isLive() && !news.isEmpty() && follower.isBehind()) {
                followers.replace(follower, place, before);
            } else if (place.isLive()) {
                follower.tell(news, live.at());
            }
        });
    }

    private void report(List<JobChange> changes, Instant settled, List<T> news) {
        changes.stream().filter(seen::isNews).forEach(change -> {
            youngLeases.note(change, settled);
            news.add(formed(change, settled));
        });
    }

    private List<JobChange> returned(Instant settled) {
        UUID[] jobs = youngLeases.due(settled).toArray(UUID[]::new);
        return jobs.length == 0 ? List.of() : jdbi.withExtension(JobFeed.class, feed -> feed.unleased(jobs));
    }

    private void catchUp(ChangeFollower<T> follower, FeedPosition from, Instant settled) {
        if (from.at().isBefore(settled.minus(LONGEST_ABSENCE)) || from.at().isAfter(settled.plus(FURTHEST_AHEAD))) {
            follower.reset();
            followers.replace(follower, from, FeedPosition.LIVE);
            return;
        }
        FeedPosition place = from.at().isAfter(settled) ? FeedPosition.at(settled) : from;
        for (int i = 0; i < PAGES && follower.isReady(); i++) {
            List<JobChange> page = page(place);
            boolean complete = page.size() < PAGE;
            place = complete ? FeedPosition.LIVE : FeedPosition.of(page.get(page.size() - 1));
            Instant reached = complete ? settled : earlier(place.at(), settled);
            page.forEach(change -> youngLeases.note(change, settled));
            follower.tell(page.stream().map(change -> formed(change, settled)).toList(), reached);
            if (complete) {
                break;
            }
        }
        followers.replace(follower, from, place);
        if (!place.isLive()) {
            loop.lookSoon();
        }
    }

    private List<JobChange> page(FeedPosition from) {
        return jdbi.withExtension(JobFeed.class, feed -> feed.changes(from.time(), from.after(), PAGE));
    }

    private T formed(JobChange change, Instant settled) {
        return form.of(change, earlier(change.at(), settled));
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    /** The changes that will be read again, kept so that they are reported once. */
    private static final class SeenChanges {
        private final Map<UUID, JobChange> reported = new HashMap<>();

        /** Returns true for a change to report, and counts it as reported. */
        boolean isNews(JobChange change) {
            JobChange before = reported.get(change.id());
            boolean news = !change.standsAs(before);
            if (news || change.at().isAfter(before.at())) {
                reported.put(change.id(), change);
            }
            return news;
        }

        /** Forgets changes that will not be read again. */
        void forgetBefore(Instant place) {
            reported.values().removeIf(change -> change.at().isBefore(place));
        }

        void clear() {
            reported.clear();
        }
    }

    /**
     * A position in the feed.
     *
     * @param at its time, or null for a follower that is up to date
     * @param after changes of that time with higher ids follow
     */
    private record FeedPosition(Instant at, UUID after) {
        static final FeedPosition LIVE = new FeedPosition(null, null);

        private static final UUID FIRST = new UUID(0, 0);

        /** The position before all changes of that time. */
        static FeedPosition at(Instant time) {
            return new FeedPosition(time, FIRST);
        }

        static FeedPosition of(JobChange change) {
            return new FeedPosition(change.at(), change.id());
        }

        boolean isLive() {
            return at == null;
        }

        /** This position, or the one of a later time. */
        FeedPosition orLater(Instant time) {
            return time.isAfter(at) ? at(time) : this;
        }

        /** This position, or the one before the earliest of these changes. */
        FeedPosition orEarlier(List<JobChange> changes) {
            return changes.stream()
                    .map(JobChange::at)
                    .filter(time -> !time.isAfter(at))
                    .min(Comparator.naturalOrder())
                    .map(FeedPosition::at)
                    .orElse(this);
        }

        OffsetDateTime time() {
            return at.atOffset(ZoneOffset.UTC);
        }
    }
}
