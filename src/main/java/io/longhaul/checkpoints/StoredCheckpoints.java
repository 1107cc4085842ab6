package io.longhaul.checkpoints;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.tools.Checkpoints;
import io.longhaul.tools.params.ParamsJson;
import io.longhaul.tools.params.Storable;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checkpoints in the database: they outlive the node that made them. */
public final class StoredCheckpoints implements Checkpoints {
    private static final Logger LOG = LoggerFactory.getLogger("longhaul.checkpoints");

    /** URLs and ids have about a hundred characters. */
    private static final int LONGEST = 65_536;

    private final Jdbi jdbi;
    private final AtomicBoolean failing = new AtomicBoolean();

    public StoredCheckpoints(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    @Override
    public Checkpoint open(String jobId, int attempt, String tool) {
        return new StoredCheckpoint(UUID.fromString(jobId), attempt, tool);
    }

    /** Returns empty while the database is away, and logs that once. */
    private <T> Optional<T> run(Function<CheckpointStatements, T> work) {
        try {
            T done = jdbi.withExtension(CheckpointStatements.class, work::apply);
            failing.set(false);
            return Optional.of(done);
        } catch (JdbiException e) {
            if (!failing.getAndSet(true)) {
                LOG.warn(
                        "What calls hand to other servers cannot be kept: if their node dies, the next attempt begins anew",
                        e);
            }
            return Optional.empty();
        }
    }

    private final class StoredCheckpoint implements Checkpoint {
        private final UUID job;
        private final int attempt;
        private final String tool;

        /** {@code touched}: there may be a row of this attempt; {@code kept}: there was one for certain. */
        private boolean touched;

        private boolean kept;

        StoredCheckpoint(UUID job, int attempt, String tool) {
            this.job = job;
            this.attempt = attempt;
            this.tool = tool;
        }

        @Override
        public Optional<JsonNode> left() {
            if (attempt <= 1) {
                return Optional.empty();
            }
            Optional<String> data =
                    run(statements -> statements.takeOver(job, attempt, tool)).flatMap(found -> found);
            touched = data.isPresent();
            kept = touched;
            return data.map(ParamsJson::parse);
        }

        @Override
        public void keep(ObjectNode data) {
            String json = data.toString();
            if (!canBeKept(json)) {
                LOG.warn(
                        "Tool {} is handed more than the {} characters, or others than can be stored, by the server it hands its"
                                + " work to: if this node dies, the next attempt of job {} begins anew",
                        tool,
                        LONGEST,
                        job);
                kept = false;
                return;
            }
            touched = true;
            kept = run(statements -> {
                        statements.removeExpired();
                        return statements.keep(job, attempt, tool, json);
                    })
                    .map(rows -> rows > 0)
                    .orElse(false);
        }

        /**
         * Server answers of any size or content may be refused here, but stored data must be read back unchanged, or it
         * would identify other work.
         */
        private static boolean canBeKept(String json) {
            return json.length() <= LONGEST && Storable.text(json).equals(json);
        }

        @Override
        public boolean handOver() {
            return kept;
        }

        @Override
        public boolean end() {
            if (!touched) {
                return true;
            }
            // While the database is away this is unknown: the work is left to the attempt that may have it.
            boolean removed = run(statements -> statements.remove(job, attempt))
                    .map(rows -> rows > 0)
                    .orElse(false);
            return removed || !kept;
        }
    }
}
