package io.longhaul.console;

import io.longhaul.api.http.Problem;
import io.longhaul.readiness.Condition;
import jakarta.servlet.http.HttpServletRequest;

/** A problem as a page. */
public final class ErrorPage {
    private static final String CURE = " Cure: ";

    private ErrorPage() {}

    /**
     * What the page shows.
     *
     * @param title one short sentence
     * @param message what is wrong
     * @param command the command that cures it, or null
     * @param problem the problem as the API has it
     * @param comesBack whether the page can be loaded again once the trouble is over
     * @param canBeTried whether the address is that of a page, which people can try again
     */
    public record View(
            String title, String message, String command, Problem problem, boolean comesBack, boolean canBeTried)
            implements Troubles.About {
        @Override
        public String troubleCode() {
            return problem.errorCode();
        }
    }

    /** The page that answers a request. To repeat one that did not only read is left to its sender. */
    static Page of(Problem problem, HttpServletRequest request) {
        boolean read = request.getMethod().equals("GET");
        int cure = commandAt(problem.message());
        String message = cure < 0 ? problem.message() : problem.message().substring(0, cure);
        String command = cure < 0 ? null : problem.message().substring(cure + CURE.length());
        String title = title(problem);
        boolean canBeTried = read || Paths.takesForms(request.getRequestURI());
        boolean comesBack = read && Condition.isOfDatabase(problem.errorCode());
        return new Page("error", title, null, new View(title, message, command, problem, comesBack, canBeTried));
    }

    /** Where the cure begins that is a whole command, or -1. A command in quotes comes with words that belong to it. */
    private static int commandAt(String message) {
        int cure = message.indexOf(CURE);
        return message.startsWith("`", cure + CURE.length()) ? -1 : cure;
    }

    private static String title(Problem problem) {
        return switch (problem.errorCode()) {
            case Condition.DATABASE_MIGRATION_REQUIRED -> "The database must be migrated";
            case Condition.DATABASE_UNAVAILABLE -> "The database does not answer";
            case Condition.DATABASE_READ_ONLY -> "The database takes no writes";
            case "QUERY_TOO_SLOW" -> "That took too long";
            default ->
                switch (problem.status()) {
                    case 403 -> "You may not do that";
                    case 404 -> "There is nothing here";
                    case 409 -> "That is not possible now";
                    default -> problem.status() < 500 ? "That did not work" : "Something failed";
                };
        };
    }
}
