package io.longhaul.database;

import java.util.function.Supplier;
import org.jdbi.v3.core.config.JdbiConfig;

/**
 * The locks by which transactions of different nodes hold each other off. Nodes of different modes still do, as long as
 * one kind of lock that works on their engine is common to both modes.
 */
public enum LockMode {
    /** Advisory locks: the engine is known to have them. */
    ADVISORY,
    /** Locks on rows that all nodes may write: the engine is known to have no advisory locks. */
    ROWS,
    /** First advisory ones, then rows: the engine is not known yet, or somebody chose rows for this database. */
    BOTH;

    public boolean hasAdvisory() {
        return this != ROWS;
    }

    public boolean hasRows() {
        return this != ADVISORY;
    }

    /** JDBI setting: the mode of all transactions; advisory locks unless it is set. */
    public static final class Setting implements JdbiConfig<Setting> {
        private Supplier<LockMode> mode = () -> ADVISORY;

        public Setting() {}

        /** Sets where each transaction asks for its mode. */
        public void ask(Supplier<LockMode> mode) {
            this.mode = mode;
        }

        public LockMode mode() {
            return mode.get();
        }

        @Override
        public Setting createCopy() {
            Setting copy = new Setting();
            copy.mode = mode;
            return copy;
        }
    }
}
