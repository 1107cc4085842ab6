package io.longhaul.console;

import io.longhaul.api.access.RoleGate;
import io.longhaul.api.description.AnyQuery;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.events.FeedEvent;
import io.longhaul.api.http.QueryParameters;
import io.longhaul.api.http.RefusedException;
import io.longhaul.auth.Role;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.events.ChangeFeed;
import io.longhaul.events.ChangeFollower;
import io.longhaul.jobs.JobChange;
import io.longhaul.streams.EventStream;
import io.longhaul.streams.EventStreams;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.UriInfo;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Tells open pages that jobs have changed; they read themselves again then. Not each change is told: all pages hear of those
 * of some seconds at once, and the more pages are open, the longer they wait, so that many pages cost no more than a few.
 */
@Path(Paths.CHANGES)
@Produces(EventStreams.MEDIA_TYPE)
public final class PageChanges implements ChangeFollower<FeedEvent> {
    /** Minimum time between two events of a page. */
    private static final Duration REST = Duration.ofSeconds(2);

    /** More of it for each page: 40 pages read themselves again in a second. */
    private static final Duration REST_PER_PAGE = Duration.ofMillis(25);

    /** More pages than these share what they read. */
    private static final int FEW = 20;

    /** Pages that share wait for one to two times as long, and take what was made in that time. */
    private static final Duration SPREAD = Duration.ofSeconds(1);

    private static final byte[] BEGIN = "retry: 1000\n\n".getBytes(StandardCharsets.UTF_8);

    private final ChangeFeed<FeedEvent> feed;
    private final EventStreams streams;
    private final Map<EventStream, OpenPage> pages = new ConcurrentHashMap<>();
    private long toldNanos = System.nanoTime() - REST.toNanos();

    public PageChanges(ChangeFeed<FeedEvent> feed, EventStreams streams) {
        this.feed = feed;
        this.streams = streams;
    }

    /** Follows changes, of all jobs or of those that the page shows. */
    @GET
    @RequiresRole(Role.READ)
    @AnyQuery
    public void follow(@Context UriInfo uri, @Context HttpServletRequest request, @Suspended AsyncResponse response) {
        Caller caller = Caller.of(request);
        if (!caller.seesAll()) {
            throw new RefusedException(RoleGate.refusal(caller.principal(), Role.OPERATE));
        }
        Predicate<JobChange> shown = shown(new QueryParameters(uri));
        EventStream stream = streams.open(request.getAsyncContext(), this::gone);
        stream.offer(BEGIN);
        streams.start(stream);
        pages.put(stream, new OpenPage(stream, shown));
        feed.add(this, null);
        if (stream.isClosed()) {
            gone(stream);
        }
    }

    private static Predicate<JobChange> shown(QueryParameters query) {
        String tool = query.text("tool");
        UUID batch = query.id("batch_id");
        UUID schedule = query.id("schedule_id");
        return change -> (tool == null || tool.equals(change.tool()))
                && (batch == null || Objects.equals(batch, change.batchId()))
                && (schedule == null || Objects.equals(schedule, change.scheduleId()));
    }

    private void gone(EventStream stream) {
        pages.remove(stream);
        if (pages.isEmpty()) {
            feed.remove(this);
        }
        if (!pages.isEmpty()) {
            // One came in between.
            feed.add(this, null);
        }
    }

    @Override
    public boolean isReady() {
        return true;
    }

    /** Nothing waits: a page that has not read the last event is told once it has. */
    @Override
    public boolean isBehind() {
        return false;
    }

    @Override
    public void reset() {
        pages.values().forEach(page -> page.changed = true);
    }

    /** What stands at the top of every page has changed: all are told at once, whatever jobs they show. */
    public void tellAll() {
        byte[] event = event(pages.size());
        pages.values().forEach(page -> {
            page.changed = true;
            page.tell(event);
        });
    }

    private static byte[] event(int many) {
        return EventStream.event(
                "changed", String.valueOf(many > FEW ? SPREAD.toMillis() : 0).getBytes(StandardCharsets.UTF_8));
    }

    /** The feed looks twice a second even if nothing happens, so what has to wait is told then. */
    @Override
    public void tell(List<FeedEvent> changes, Instant place) {
        pages.values().forEach(page -> page.note(changes));
        int many = pages.size();
        Duration rest = REST_PER_PAGE.multipliedBy(many);
        if (System.nanoTime() - toldNanos < Math.max(REST.toNanos(), rest.toNanos())) {
            return;
        }
        byte[] event = event(many);
        for (OpenPage page : pages.values()) {
            if (page.tell(event)) {
                toldNanos = System.nanoTime();
            }
        }
    }

    /** A page that somebody has open. */
    private static final class OpenPage {
        private final EventStream stream;
        private final Predicate<JobChange> shown;

        /** True at first, as something may have changed since the page was read. */
        private volatile boolean changed = true;

        OpenPage(EventStream stream, Predicate<JobChange> shown) {
            this.stream = stream;
            this.shown = shown;
        }

        void note(List<FeedEvent> changes) {
            changed = changed || changes.stream().anyMatch(event -> shown.test(event.change()));
        }

        /** Tells it, if there is something to tell and it has read what was told before. */
        boolean tell(byte[] event) {
            boolean told = changed && stream.isIdle();
            if (told) {
                changed = false;
                stream.offer(event);
            }
            return told;
        }
    }
}
