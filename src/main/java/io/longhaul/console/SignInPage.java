package io.longhaul.console;

import io.longhaul.api.description.AnyQuery;
import io.longhaul.api.description.NoAuthentication;
import io.longhaul.auth.Sessions;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.NewCookie;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.net.URI;
import java.util.Optional;

/** Where people sign in with a key and out again. */
@Path(Paths.SIGN_IN)
@Produces("text/html;charset=utf-8")
public final class SignInPage {
    private static final int LONGEST = 4_000;

    private final Sessions sessions;
    private final boolean secure;

    /** @param secure whether browsers reach this server by https only */
    SignInPage(Sessions sessions, boolean secure) {
        this.sessions = sessions;
        this.secure = secure;
    }

    /**
     * What the page shows.
     *
     * @param to where to go on to
     * @param refused whether a key was sent that is not valid
     */
    public record View(String to, boolean refused) {}

    /** Asks for a key. */
    @GET
    @NoAuthentication
    @AnyQuery
    public Page show(@QueryParam("to") String to) {
        return page(new View(Paths.inside(to), false));
    }

    /** Signs in, or out if no key was sent. */
    @POST
    @NoAuthentication
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    public Response sign(InputStream body, @Context HttpServletRequest request) {
        FormData form = FormData.read(body, request, LONGEST);
        if (!form.text("out").isEmpty()) {
            return Response.seeOther(URI.create(Paths.SIGN_IN))
                    .cookie(cookie("", 0, request))
                    .header("Clear-Site-Data", "\"cache\"")
                    .build();
        }
        String to = Paths.inside(form.text("to"));
        Optional<String> session = sessions.begin(form.text("key"));
        return session.map(begun -> Response.seeOther(URI.create(to))
                        .cookie(cookie(begun, (int) Sessions.LENGTH.toSeconds(), request))
                        .build())
                .orElseGet(() -> Response.status(Response.Status.FORBIDDEN)
                        .entity(page(new View(to, true)))
                        .header(HttpHeaders.CACHE_CONTROL, "no-store")
                        .build());
    }

    private static Page page(View view) {
        return new Page("sign-in", "Sign in", null, view);
    }

    private NewCookie cookie(String value, int seconds, HttpServletRequest request) {
        return new NewCookie.Builder(SessionFilter.COOKIE)
                .value(value)
                .path("/")
                .maxAge(seconds)
                .httpOnly(true)
                .secure(secure || request.isSecure())
                .sameSite(NewCookie.SameSite.STRICT)
                .build();
    }
}
