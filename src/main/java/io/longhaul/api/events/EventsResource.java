package io.longhaul.api.events;

import io.longhaul.api.access.RoleGate;
import io.longhaul.api.description.Operation;
import io.longhaul.api.description.Queries;
import io.longhaul.api.description.Reply;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Header;
import io.longhaul.api.http.QueryParameters;
import io.longhaul.api.http.RefusedException;
import io.longhaul.auth.Role;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.events.ChangeFeed;
import io.longhaul.events.ChangeFollower;
import io.longhaul.jobs.JobChange;
import io.longhaul.jobs.JobStatus;
import io.longhaul.streams.EventStream;
import io.longhaul.streams.EventStreams;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

/** Streams the changes of all jobs as server-sent events. */
@Path("/v1/events")
@Produces(EventStreams.MEDIA_TYPE)
public final class EventsResource {
    private final ChangeFeed<FeedEvent> feed;
    private final EventStreams streams;

    public EventsResource(ChangeFeed<FeedEvent> feed, EventStreams streams) {
        this.feed = feed;
        this.streams = streams;
    }

    /** Streams status changes of all jobs. */
    @Operation(
            id = "followJobs",
            tag = "Events",
            query = Queries.Followed.class,
            headers = {Header.LAST_FEED_ID},
            replies = {
                @Reply(
                        means =
                                "Events state, with a job in short as data; and reset, with an empty object, for a client that was away for too long.",
                        body = FeedEvent.Summary.class,
                        type = EventStreams.MEDIA_TYPE,
                        headers = {Header.CACHE_CONTROL})
            },
            errors = {ErrorCode.OVERLOADED})
    @GET
    @RequiresRole(Role.READ)
    public void events(@Context UriInfo uri, @Context HttpServletRequest request, @Suspended AsyncResponse response) {
        Caller caller = Caller.of(request);
        if (!caller.seesAll()) {
            throw new RefusedException(RoleGate.refusal(caller.principal(), Role.OPERATE));
        }
        QueryParameters query = new QueryParameters(uri);
        Predicate<JobChange> filter = filter(query);
        Instant position = position(request.getHeader(EventStreams.LAST_EVENT_ID), query);
        query.check();
        if (request.getMethod().equals("HEAD")) {
            response.resume(Response.ok().build());
            return;
        }
        AtomicReference<FeedStream> follower = new AtomicReference<>();
        EventStream stream = streams.open(request.getAsyncContext(), gone -> feed.remove(follower.get()));
        follower.set(new FeedStream(stream, filter));
        streams.start(stream);
        feed.add(follower.get(), position);
        if (stream.isClosed()) {
            feed.remove(follower.get());
        }
    }

    /** Null begins now. From an id of another stream that would lose changes. */
    private static Instant position(String sent, QueryParameters query) {
        // An empty id means none (HTML, 9.2.4).
        String id = sent == null || sent.isBlank() ? null : sent;
        Optional<Instant> position = Optional.ofNullable(id).flatMap(FeedEvent::position);
        if (id != null && position.isEmpty()) {
            query.wrong(
                    EventStreams.LAST_EVENT_ID,
                    "must be the id of an event of this stream; without it, the stream begins now");
        }
        return position.orElse(null);
    }

    private static Predicate<JobChange> filter(QueryParameters query) {
        String tool = query.text("tool");
        List<JobStatus> statuses = query.statuses("status");
        UUID batch = query.id("batch_id");
        UUID schedule = query.id("schedule_id");
        return change -> (tool == null || tool.equals(change.tool()))
                && (statuses.isEmpty() || statuses.contains(change.status()))
                && (batch == null || batch.equals(change.batchId()))
                && (schedule == null || schedule.equals(change.scheduleId()));
    }

    /** A client that follows all jobs, or those that match a filter. */
    private static final class FeedStream implements ChangeFollower<FeedEvent> {
        private static final byte[] RESET = "event: reset\ndata: {}\n\n".getBytes(StandardCharsets.UTF_8);

        /** After this time without events a client gets the position of the feed, so that it need not read that part again. */
        private static final Duration SILENCE = Duration.ofSeconds(10);

        private final EventStream stream;
        private final Predicate<JobChange> filter;
        private long sentNanos;
        private boolean begun;

        FeedStream(EventStream stream, Predicate<JobChange> filter) {
            this.stream = stream;
            this.filter = filter;
        }

        @Override
        public boolean isReady() {
            return stream.isIdle();
        }

        @Override
        public boolean isBehind() {
            return stream.isBehind();
        }

        @Override
        public void reset() {
            stream.offer(RESET);
        }

        @Override
        public void tell(List<FeedEvent> changes, Instant position) {
            List<FeedEvent> wanted = changes.stream()
                    .filter(event -> filter.test(event.change()))
                    .toList();
            // The feed reports so much at once only to those who have read most of what came before.
            wanted.forEach(event -> stream.offerBounded(event.bytes()));
            boolean silent = System.nanoTime() - sentNanos > SILENCE.toNanos();
            if (!begun || (wanted.isEmpty() && silent)) {
                stream.offer(EventStream.position(FeedEvent.id(position)));
            }
            if (!begun || silent || !wanted.isEmpty()) {
                sentNanos = System.nanoTime();
            }
            begun = true;
        }
    }
}
