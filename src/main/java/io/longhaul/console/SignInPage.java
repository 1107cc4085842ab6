package io.longhaul.console;

import io.longhaul.api.description.AnyQuery;
import io.longhaul.api.description.NoAuthentication;
import io.longhaul.auth.Sessions;
import io.longhaul.auth.signin.ProviderSessions;
import io.longhaul.auth.signin.ProviderSignIn;
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
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** Where people sign in with a key, or go on to the provider, and out again. */
@Path(Paths.SIGN_IN)
@Produces("text/html;charset=utf-8")
public final class SignInPage {
    private static final int LONGEST = 4_000;

    private final Sessions sessions;
    private final SessionCookie cookies;
    private final ProviderSignIn provider;

    /** @param provider where people can sign in as well, or null */
    SignInPage(Sessions sessions, SessionCookie cookies, ProviderSignIn provider) {
        this.sessions = sessions;
        this.cookies = cookies;
        this.provider = provider;
    }

    /**
     * What the page shows.
     *
     * @param to where to go on to
     * @param refused whether a key was sent that is not valid
     * @param provider name of the provider where people can sign in as well, or null
     * @param failure what was wrong with a sign-in there, or null
     */
    public record View(String to, boolean refused, String provider, String failure) {}

    /** Asks for a key. */
    @GET
    @NoAuthentication
    @AnyQuery("to")
    public Page show(@QueryParam("to") String to) {
        return page(Paths.inside(to), false);
    }

    /** Signs in, or out if no key was sent. */
    @POST
    @NoAuthentication
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    public Response sign(InputStream body, @Context HttpServletRequest request) {
        FormData form = FormData.read(body, request, LONGEST);
        if (!form.text("out").isEmpty()) {
            return out(request);
        }
        String to = Paths.inside(form.text("to"));
        Optional<String> session = sessions.begin(form.text("key"));
        return session.map(begun -> Response.seeOther(URI.create(to))
                        .cookie(cookies.ofSession(begun, Sessions.LENGTH, request))
                        .build())
                .orElseGet(() -> Response.status(Response.Status.FORBIDDEN)
                        .entity(page(to, true))
                        .header(HttpHeaders.CACHE_CONTROL, "no-store")
                        .build());
    }

    /**
     * Whoever signed in at the provider signs out there, too. A page leads there, because browsers let no form of ours lead
     * to another site.
     */
    private Response out(HttpServletRequest request) {
        boolean there = provider != null
                && SessionCookie.session(request)
                        .filter(ProviderSessions::isOne)
                        .isPresent();
        Response.ResponseBuilder answer = there
                ? Response.ok(new Page("signed-out", "Signed out", null, provider.name()))
                        .header("Refresh", "0; url=" + Paths.PROVIDER + "/out")
                : Response.seeOther(URI.create(Paths.SIGN_IN));
        return answer.cookie(cookies.ofSession("", Duration.ZERO, request))
                .header("Clear-Site-Data", "\"cache\"")
                .build();
    }

    private Page page(String to, boolean refused) {
        return new Page(
                "sign-in", "Sign in", null, new View(to, refused, provider == null ? null : provider.name(), null));
    }
}
