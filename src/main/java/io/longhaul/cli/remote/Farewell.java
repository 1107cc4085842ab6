package io.longhaul.cli.remote;

/** What is said to somebody who ends the process, until it is closed. */
final class Farewell implements AutoCloseable {
    private final Thread thread;

    Farewell(Runnable words) {
        this.thread = new Thread(words, "farewell");
        Runtime.getRuntime().addShutdownHook(thread);
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(thread);
        } catch (IllegalStateException e) {
            // The process is ending and prints the message itself.
            return;
        }
    }
}
