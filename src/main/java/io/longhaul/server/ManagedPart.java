package io.longhaul.server;

import io.dropwizard.lifecycle.Managed;

/** ManagedPart of a node that start and stop with it. */
final class ManagedPart {
    private ManagedPart() {}

    static Managed managed(Runnable start, Runnable stop) {
        return new Managed() {
            @Override
            public void start() {
                start.run();
            }

            @Override
            public void stop() {
                stop.run();
            }
        };
    }
}
