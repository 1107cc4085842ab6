package io.longhaul.tools.secrets;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.tools.Checkpoints;
import io.longhaul.tools.settings.ToolConfigurationException;
import java.util.Optional;
import java.util.function.Supplier;

/** Drops data in which a secret appears: a server may repeat in its answer what it was sent. */
public final class DiscreetCheckpoints implements Checkpoints {
    private final Supplier<Checkpoints> kept;
    private final RequestCredentials credentials;

    /**
     * Guards checkpoints.
     *
     * @param kept asked for at each call
     */
    public DiscreetCheckpoints(Supplier<Checkpoints> kept, RequestCredentials credentials) {
        this.kept = kept;
        this.credentials = credentials;
    }

    @Override
    public Checkpoint open(String jobId, int attempt, String tool) {
        return new Discreet(kept.get().open(jobId, attempt, tool));
    }

    private boolean reveals(ObjectNode data) {
        try {
            String json = data.toString();
            return !new Scrubber(credentials.hidden()).json(json).equals(json);
        } catch (ToolConfigurationException e) {
            // A secret that cannot be read any more cannot be searched for.
            return true;
        }
    }

    private final class Discreet implements Checkpoint {
        private final Checkpoint checkpoint;

        Discreet(Checkpoint checkpoint) {
            this.checkpoint = checkpoint;
        }

        @Override
        public Optional<JsonNode> left() {
            return checkpoint.left();
        }

        @Override
        public void keep(ObjectNode data) {
            if (!reveals(data)) {
                checkpoint.keep(data);
            }
        }

        @Override
        public boolean handOver() {
            return checkpoint.handOver();
        }

        @Override
        public boolean end() {
            return checkpoint.end();
        }
    }
}
