package io.longhaul.database.probe;

/** Something that an engine can do or lacks. */
public enum Capability {
    /** It is PostgreSQL 13 or newer, or compatible with it. */
    VERSION("version", true),
    /** The database has the encoding UTF8. */
    ENCODING("encoding", true),
    /** It takes writes. This can change at any time: a standby becomes the primary. */
    WRITABLE("writable", false),
    /** Each connection is a session of its own; not so behind a pooler in transaction mode. */
    SESSIONS("sessions", false),
    /** Claims pass over rows that another claim has locked: without it each node would wait for all others. */
    SKIP_LOCKED("SKIP LOCKED", true),
    /** A migration that fails leaves nothing behind. */
    TRANSACTIONAL_DDL("transactional DDL", true),
    /** Advisory locks of one session hold off another. Migrations need them; nodes lock rows instead. */
    ADVISORY_LOCKS("advisory locks", false),
    /** Notifications arrive. Without them nodes poll. */
    NOTIFICATIONS("LISTEN/NOTIFY", false);

    private final String label;
    private final boolean needed;

    Capability(String label, boolean needed) {
        this.label = label;
        this.needed = needed;
    }

    /** The name for people. */
    public String label() {
        return label;
    }

    /** True if an engine that lacks it cannot be used. */
    public boolean isNeeded() {
        return needed;
    }
}
