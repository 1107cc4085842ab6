package io.longhaul.tools.mcp;

/** The session of one call, and the next one where the server has forgotten it or was away. */
final class CallSession {
    /** So that a server that forgets each session at once does not keep a call for ever. */
    private static final int MOST_LOST = 3;

    private final Source source;
    private Session session;
    private int lost;

    /** Gives sessions. */
    interface Source {
        /** Waits for a session if there is none. */
        Session session() throws LostException, InterruptedException;
    }

    CallSession(Source source) throws LostException, InterruptedException {
        this.source = source;
        this.session = source.session();
    }

    Session now() {
        return session;
    }

    /** Notes that the session answers. */
    void works() {
        lost = 0;
    }

    /**
     * Waits for the next session.
     *
     * @param loss how the session was lost
     * @throws LostException if the server forgets one session after another, or now speaks another era
     */
    void renew(LostException loss) throws LostException, InterruptedException {
        lost++;
        if (lost > MOST_LOST) {
            throw loss;
        }
        Session next = source.session();
        if (next.isModern() != session.isModern()) {
            throw loss;
        }
        session = next;
    }
}
