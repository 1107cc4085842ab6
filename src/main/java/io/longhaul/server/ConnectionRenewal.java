package io.longhaul.server;

import io.longhaul.schema.watch.SchemaState;
import io.longhaul.schema.watch.SchemaWatch;

/**
 * Lets go of all connections when the database turns out to be read-only and when it is writable again: those there are
 * may lead to a server that is the primary no more, or keep what was set when they were opened.
 */
final class ConnectionRenewal {
    private final Runnable renew;
    private boolean readOnly;

    ConnectionRenewal(Runnable renew) {
        this.renew = renew;
    }

    void follow(SchemaWatch watch) {
        watch.onChange(this::changed);
    }

    private void changed(SchemaState state) {
        boolean now = state.status() == SchemaState.Status.READ_ONLY;
        if (now != readOnly) {
            readOnly = now;
            renew.run();
        }
    }
}
