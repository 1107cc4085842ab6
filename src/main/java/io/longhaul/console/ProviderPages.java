package io.longhaul.console;

import io.longhaul.api.description.AnyQuery;
import io.longhaul.api.description.NoAuthentication;
import io.longhaul.auth.signin.ProviderSignIn;
import io.longhaul.auth.signin.SignInFailure;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.NewCookie;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.Set;

/** The way to the OpenID provider and back. */
@Path(Paths.PROVIDER)
@Produces("text/html;charset=utf-8")
public final class ProviderPages {
    /** Values of Sec-Fetch-Site of links on pages of other sites. */
    private static final Set<String> ELSEWHERE = Set.of("cross-site", "same-site");

    private static final int UNAVAILABLE = 503;
    private static final int REFUSED = 403;

    private final ProviderSignIn provider;
    private final SessionCookie cookies;

    ProviderPages(ProviderSignIn provider, SessionCookie cookies) {
        this.provider = provider;
        this.cookies = cookies;
    }

    /**
     * The person is known.
     *
     * @param name of the person
     * @param to where to go on to
     */
    public record Welcome(String name, String to) {}

    /** Sends somebody to the provider. Other sites cannot: their links lead to the page that asks first. */
    @GET
    @NoAuthentication
    @AnyQuery(AnyQuery.CHECKED)
    public Response begin(@QueryParam("to") String to, @Context HttpServletRequest request) {
        String inside = Paths.inside(to);
        String site = request.getHeader("Sec-Fetch-Site");
        if (site != null && ELSEWHERE.contains(site)) {
            return Response.seeOther(URI.create(Paths.signIn(inside))).build();
        }
        try {
            ProviderSignIn.Begun begun = provider.begin(inside);
            return Response.seeOther(begun.provider())
                    .cookie(cookies.ofJourney(begun.cookie()))
                    .header(HttpHeaders.CACHE_CONTROL, "no-store")
                    .build();
        } catch (SignInFailure e) {
            return failed(e, inside);
        }
    }

    /**
     * Takes somebody back. Answers with a page that goes on by itself, because browsers keep a strict cookie from
     * requests that another site began, to which redirects belong.
     */
    @GET
    @Path("back")
    @NoAuthentication
    @AnyQuery(AnyQuery.CHECKED)
    public Response back(
            @QueryParam("state") String state,
            @QueryParam("code") String code,
            @QueryParam("iss") String issuer,
            @QueryParam("error") String error,
            @QueryParam("error_description") String description,
            @Context HttpServletRequest request) {
        ProviderSignIn.Answer answer = new ProviderSignIn.Answer(state, code, issuer, error, description);
        try {
            ProviderSignIn.SignedIn in =
                    provider.finish(answer, cookies.journey(request).orElse(null));
            String to = Paths.inside(in.to());
            Page page = new Page(
                    "welcome", "Signed in", null, new Welcome(in.person().name(), to));
            return Response.ok(page)
                    .cookie(cookies.ofSession(in.session(), in.length(), request), cookies.ofJourney(""))
                    .header(HttpHeaders.CACHE_CONTROL, "no-store")
                    .header("Refresh", "0; url=" + to)
                    .build();
        } catch (SignInFailure e) {
            return failed(e, Paths.ROOT);
        }
    }

    /** Sends somebody who has signed out here to the provider, to sign out there, too. */
    @GET
    @Path("out")
    @NoAuthentication
    @AnyQuery(AnyQuery.CHECKED)
    public Response out() {
        return Response.seeOther(provider.signOut().orElse(URI.create(Paths.SIGN_IN)))
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .build();
    }

    private Response failed(SignInFailure failure, String to) {
        SignInPage.View view = new SignInPage.View(to, false, provider.name(), failure.getMessage());
        return Response.status(failure.isTemporary() ? UNAVAILABLE : REFUSED)
                .entity(new Page("sign-in", "Sign in", null, view))
                .cookie(new NewCookie[] {cookies.ofJourney("")})
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .build();
    }
}
