package io.longhaul;

import io.dropwizard.lifecycle.Managed;

/** Parts of a node that start and stop with it. */
final class Parts {
    private Parts() {}

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
