package io.longhaul.console;

import io.longhaul.api.description.NoAuthentication;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.net.URI;

/** The way from the server's root to the first page. */
@Path("/")
public final class FirstPage {
    /** Leads to the first page. */
    @GET
    @NoAuthentication
    public Response first() {
        return Response.seeOther(URI.create(Paths.ROOT)).build();
    }
}
