package io.longhaul.console;

import io.longhaul.readiness.Condition;
import io.longhaul.readiness.Readiness;
import java.util.List;

/**
 * What keeps the node of a page from its work, as {@code /readyz} reports it.
 *
 * @param shown conditions that do not hold, or need a look; without those that the page itself is about
 * @param over true once what the page itself is about holds again
 * @param address where a page gets this part alone; null if its visitor gets nothing
 */
public record Troubles(List<Condition> shown, boolean over, String address) {
    /** A page that is about a trouble: the top of the page does not say the same once more. */
    public interface About {
        /** The code of the trouble, or null for none. */
        String troubleCode();
    }

    /** @param isLive whether an open page reads itself again */
    static Troubles of(Readiness.State state, Page page, Visitor visitor, boolean isLive) {
        // An open page does not take the message over when it could not be read again.
        String said = isLive && page.view() instanceof ErrorPage.View ? null : said(state, page);
        boolean isFailing = said != null && isFailing(state, said);
        // Conditions name tools and addresses, so only readers see them.
        List<Condition> shown = visitor.mayRead() ? shown(state, page, isFailing ? said : null) : List.of();
        return new Troubles(shown, !isFailing, address(page, visitor));
    }

    private static String said(Readiness.State state, Page page) {
        if (page.view() instanceof About about) {
            return about.troubleCode();
        }
        return page.section() == Section.SCHEMA
                ? state.conditions().stream()
                        .filter(condition -> condition.name().equals("schema"))
                        .findFirst()
                        .map(Condition::errorCode)
                        .orElse(null)
                : null;
    }

    private static boolean isFailing(Readiness.State state, String code) {
        return state.conditions().stream().anyMatch(condition -> !condition.ok() && code.equals(condition.errorCode()));
    }

    /** What can wait is on the overview only. */
    private static List<Condition> shown(Readiness.State state, Page page, String said) {
        return state.conditions().stream()
                .filter(condition -> !condition.ok() || (condition.degraded() && page.section() == Section.OVERVIEW))
                .filter(condition -> condition.ok() || !condition.errorCode().equals(said))
                .toList();
    }

    /** Without the database nobody is known, and whoever looks wants to know when it is back. */
    private static String address(Page page, Visitor visitor) {
        if (page.view() instanceof About about && Condition.isOfDatabase(about.troubleCode())) {
            return TroublesPage.address(about.troubleCode());
        }
        return visitor.mayRead() ? Paths.TROUBLES : null;
    }
}
