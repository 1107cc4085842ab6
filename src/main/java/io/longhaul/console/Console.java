package io.longhaul.console;

import io.dropwizard.core.setup.Environment;
import io.longhaul.api.errors.FailureTranslator;
import io.longhaul.auth.Principal;
import io.longhaul.auth.Sessions;
import io.longhaul.auth.signin.ProviderSessions;
import io.longhaul.auth.signin.ProviderSignIn;
import io.longhaul.readiness.Readiness;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterRegistration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/** The frame of the pages: what they all share. */
public final class Console {
    private final Assets assets = new Assets();
    private final Sessions sessions;
    private final ProviderSignIn provider;
    private final boolean guests;
    private final Renderer renderer;

    /**
     * Makes the frame.
     *
     * @param sessions signs people in by keys, or null where nobody has to
     * @param provider signs people in at the OpenID provider, or null
     * @param guests whether people look at pages without signing in
     * @param readiness the troubles that every page shows
     * @param version of this release
     * @param publicUrl where clients reach this server, or empty for where the request was sent
     */
    public Console(
            Sessions sessions,
            ProviderSignIn provider,
            boolean guests,
            Readiness readiness,
            String version,
            String publicUrl) {
        this.sessions = sessions;
        this.provider = provider;
        this.guests = guests;
        this.renderer = new Renderer(assets, readiness, version, publicUrl);
    }

    /** Signs people in. Call it before the filter that asks for keys is installed. */
    public void guard(Environment environment, FailureTranslator failures) {
        if (sessions == null) {
            return;
        }
        add(environment, "console", new SessionFilter(this::person, guests, renderer, failures), "/*");
    }

    private static void add(Environment environment, String name, Filter filter, String paths) {
        FilterRegistration.Dynamic added = environment.servlets().addFilter(name, filter);
        added.setAsyncSupported(true);
        added.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, paths);
    }

    private Optional<Principal> person(String session) {
        return provider != null && ProviderSessions.isOne(session)
                ? provider.sessions().principal(session)
                : sessions.principal(session);
    }

    /**
     * Serves the pages. Call it after the filter that finds out who asks is installed.
     *
     * @param secure whether browsers reach this server by https only
     */
    public void install(Environment environment, List<Object> pages, boolean secure) {
        LiveReads live = new LiveReads();
        add(environment, "live-pages", live, Paths.ROOT + "/*");
        environment.jersey().register(new PageFilter(renderer, live));
        environment.jersey().register(assets);
        environment.jersey().register(new FirstPage());
        environment.jersey().register(new ThemeChoice());
        if (sessions != null) {
            SessionCookie cookies = new SessionCookie(secure);
            environment.jersey().register(new SignInPage(sessions, cookies, provider));
            if (provider != null) {
                environment.jersey().register(new ProviderPages(provider, cookies));
            }
        }
        pages.forEach(environment.jersey()::register);
    }
}
