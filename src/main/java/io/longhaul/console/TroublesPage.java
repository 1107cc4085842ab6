package io.longhaul.console;

import io.longhaul.api.description.AnyQuery;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.auth.Role;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;

/** What stands at the top of every page, alone, for pages that are not read again. It needs no database. */
@Path(Paths.TROUBLES)
@Produces("text/html;charset=utf-8")
public final class TroublesPage {
    private static final String SAID = "said";

    /**
     * What it shows.
     *
     * @param troubleCode the trouble that the asking page is about, or null
     */
    public record View(String troubleCode) implements SharedView, Troubles.About {}

    /** The address for a page that is about a trouble. */
    static String address(String code) {
        return Paths.TROUBLES + "?" + SAID + "=" + code;
    }

    /** Shows it. */
    @GET
    @RequiresRole(Role.READ)
    @AnyQuery("said")
    public Page show(@QueryParam(SAID) String said) {
        return new Page("troubles-page", "Troubles of this node", null, new View(said));
    }
}
