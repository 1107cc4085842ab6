package io.longhaul.database.embedded;

/** Shutdown hooks that are taken back. */
final class ExitHook {
    private ExitHook() {}

    static void remove(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ignored) {
            // The JVM is on its way out and runs the hook already, or does not need it any more.
        }
    }
}
