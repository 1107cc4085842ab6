package io.longhaul.interleavings;

import org.jetbrains.lincheck.Lincheck;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.LincheckSettings;

/** One thing that must hold however threads take turns, and a twin of it with a known race, which must be found. */
public final class Check {
    /** What two threads do, and what is asked when both have ended. */
    public record Scene(Runnable one, Runnable other, Runnable after) {}

    /** Makes everything anew for each order of steps. */
    public interface Stage {
        Scene set();
    }

    private static final int ORDERS = Integer.getInteger("longhaul.interleavings", 2_000);

    private static boolean failed;

    private Check() {}

    /** Prints whether a stage held; a broken one fails the run. */
    public static void holds(String name, Stage stage) {
        say(name, true, found(stage));
    }

    /** Prints whether the race was found; if not, the run fails. */
    public static void breaks(String name, Stage stage) {
        say(name, false, found(stage));
    }

    /** True if any check came out otherwise than expected. */
    public static boolean isFailed() {
        return failed;
    }

    private static void say(String name, boolean shouldHold, LincheckAssertionError race) {
        boolean right = shouldHold == (race == null);
        failed |= !right;
        System.out.printf("%s  %s: %s%n", right ? "  " : "! ", name, race == null ? "holds" : "is broken");
        if (shouldHold && race != null) {
            System.out.println(race.getMessage());
        }
    }

    private static LincheckAssertionError found(Stage stage) {
        try {
            // Collections and futures of Java are trusted: between two steps within them nothing of ours can go wrong.
            Lincheck.runConcurrentTestInternal$lincheck(
                    ORDERS, new LincheckSettings(false, 2, 4, 8), () -> play(stage.set()));
            return null;
        } catch (LincheckAssertionError race) {
            return race;
        }
    }

    private static void play(Scene scene) {
        Thread one = new Thread(scene.one());
        Thread other = new Thread(scene.other());
        one.start();
        other.start();
        try {
            one.join();
            other.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        scene.after().run();
    }

    /** Throws if it does not hold. */
    public static void that(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
