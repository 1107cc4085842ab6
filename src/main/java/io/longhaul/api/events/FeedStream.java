package io.longhaul.api.events;

import io.longhaul.api.http.EventStream;
import io.longhaul.events.ChangeFollower;
import io.longhaul.jobs.JobChange;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;

/** A client that follows all jobs, or those that fit a filter. */
final class FeedStream implements ChangeFollower<FeedEvent> {
    private static final byte[] RESET = "event: reset\ndata: {}\n\n".getBytes(StandardCharsets.UTF_8);

    /** A client that nothing is sent to learns how far the feed has come, so that it need not go through it again. */
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
    public void reset() {
        stream.offer(RESET);
    }

    @Override
    public void tell(List<FeedEvent> changes, Instant place) {
        List<FeedEvent> wanted =
                changes.stream().filter(event -> filter.test(event.change())).toList();
        wanted.forEach(event -> stream.offer(event.bytes()));
        boolean silent = System.nanoTime() - sentNanos > SILENCE.toNanos();
        if (!begun || (wanted.isEmpty() && silent)) {
            stream.offer(EventStream.position(FeedCursor.text(place)));
        }
        if (!begun || silent || !wanted.isEmpty()) {
            sentNanos = System.nanoTime();
        }
        begun = true;
    }
}
