package io.longhaul.tools.spi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.util.Locale;
import java.util.Objects;

/**
 * An answer to a {@link Question}, or the refusal of one.
 *
 * @param action the reaction
 * @param content JSON that matches the question's schema if it was answered; otherwise null as JSON
 */
public record Answer(Action action, JsonNode content) {
    /** The ways to react to a question. The labels are those of the Model Context Protocol. */
    public enum Action {
        /** Answers it. */
        ACCEPT,
        /** Refuses to answer. */
        DECLINE,
        /** Makes no choice, as somebody who closes a dialog. */
        CANCEL;

        /**
         * The name on the wire.
         *
         * @return the name in lower case
         */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Rejects a missing action; without content it is null as JSON. */
    public Answer {
        Objects.requireNonNull(action, "action");
        content = content == null ? NullNode.getInstance() : content;
    }

    /**
     * True if the question was answered.
     *
     * @return false if it was refused
     */
    public boolean isAccepted() {
        return action == Action.ACCEPT;
    }
}
