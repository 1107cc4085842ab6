package io.longhaul.console;

import io.longhaul.api.description.NoAuthentication;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.NewCookie;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;

/** The choice of light or dark, for browsers without scripts. */
@Path(Paths.THEME)
public final class ThemeChoice {
    private static final int LONGEST = 4_000;

    /** Keeps the chosen theme in a cookie, which scripts may change. */
    @POST
    @NoAuthentication
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    public Response choose(InputStream body, @Context HttpServletRequest request) {
        FormData form = FormData.read(body, request, LONGEST);
        String theme = form.text("theme").equals("dark") ? "dark" : "light";
        return Response.seeOther(URI.create(Paths.inside(form.text("to"))))
                .cookie(new NewCookie.Builder(Renderer.THEME)
                        .value(theme)
                        .path(Paths.ROOT)
                        .maxAge((int) Duration.ofDays(365).toSeconds())
                        .sameSite(NewCookie.SameSite.STRICT)
                        .build())
                .build();
    }
}
