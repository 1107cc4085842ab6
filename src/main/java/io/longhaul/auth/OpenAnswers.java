package io.longhaul.auth;

import io.longhaul.loops.PollingLoop;
import jakarta.servlet.ServletRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Answers of this node that go on for long, such as streams. Those whose key was revoked or whose credential has expired are
 * ended. One query serves them all.
 */
public final class OpenAnswers {
    /** Together with the query it is well within the time that {@link ApiKeys#HOLDS} promises. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    private static final String ATTRIBUTE = OpenAnswers.class.getName();

    private final KeyStatements statements;
    private final Clock clock;
    private final Set<OpenAnswer> open = ConcurrentHashMap.newKeySet();
    private final PollingLoop loop = new PollingLoop("open-answers", this::look, Duration.ZERO, LOOK);

    /** Compared by identity: two answers may have the same key. */
    private static final class OpenAnswer {
        private final Credential credential;
        private final Runnable end;

        OpenAnswer(Credential credential, Runnable end) {
            this.credential = credential;
            this.end = end;
        }
    }

    public OpenAnswers(KeyStatements statements, Clock clock) {
        this.statements = statements;
        this.clock = clock;
    }

    public void start() {
        loop.start();
    }

    public void stop() {
        loop.stop();
    }

    /** Lets the answers to a request be watched here. */
    public void on(ServletRequest request) {
        request.setAttribute(ATTRIBUTE, this);
    }

    /**
     * Watches the answer to a request, if the request needed a credential.
     *
     * @param end called when the credential no longer counts, from another thread; it must not block
     * @return forgets the answer; to be called when it is over
     */
    public static Runnable watch(ServletRequest request, Runnable end) {
        Credential credential = Credential.of(request);
        if (credential == null || !(request.getAttribute(ATTRIBUTE) instanceof OpenAnswers all)) {
            return () -> {};
        }
        OpenAnswer answer = new OpenAnswer(credential, end);
        all.open.add(answer);
        return () -> all.open.remove(answer);
    }

    /** Ends the answers whose credentials no longer count. If the database is away, those of keys go on. */
    void look() {
        List<OpenAnswer> now = List.copyOf(open);
        Instant time = clock.instant();
        end(now.stream().filter(one -> hasEnded(one.credential, time)).toList());
        Set<String> keys = now.stream()
                .map(one -> one.credential.key())
                .filter(key -> key != null)
                .collect(Collectors.toSet());
        if (!keys.isEmpty()) {
            Set<String> valid = Set.copyOf(statements.valid(keys.toArray(String[]::new)));
            end(now.stream()
                    .filter(one -> one.credential.key() != null && !valid.contains(one.credential.key()))
                    .toList());
        }
    }

    private static boolean hasEnded(Credential credential, Instant time) {
        return credential.until() != null && !credential.until().isAfter(time);
    }

    private void end(Collection<OpenAnswer> over) {
        over.forEach(answer -> {
            if (open.remove(answer)) {
                answer.end.run();
            }
        });
    }
}
