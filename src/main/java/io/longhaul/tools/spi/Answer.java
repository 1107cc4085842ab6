package io.longhaul.tools.spi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.util.Locale;
import java.util.Objects;

/**
 * What somebody says to a {@link Question}.
 *
 * @param action whether it was answered or refused
 * @param content JSON that matches the question's schema if it was answered; otherwise null as JSON
 */
public record Answer(Action action, JsonNode content) {
    /** What somebody does with a question. The labels are those of the Model Context Protocol. */
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
     * Whether the question was answered.
     *
     * @return false if it was refused
     */
    public boolean isAccepted() {
        return action == Action.ACCEPT;
    }
}
