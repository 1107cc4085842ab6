package io.longhaul.console;

import io.dropwizard.core.setup.Environment;
import io.longhaul.api.errors.FailureTranslator;
import io.longhaul.auth.Sessions;
import io.longhaul.readiness.Readiness;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import java.util.EnumSet;
import java.util.List;

/** The frame of the pages: what they all share. */
public final class Console {
    private final Assets assets = new Assets();
    private final Sessions sessions;
    private final Renderer renderer;

    /**
     * Makes the frame.
     *
     * @param sessions signs people in, or null where nobody has to
     * @param readiness the troubles that every page shows
     * @param version of this release
     * @param publicUrl where clients reach this server, or empty for where the request was sent
     */
    public Console(Sessions sessions, Readiness readiness, String version, String publicUrl) {
        this.sessions = sessions;
        this.renderer = new Renderer(assets, readiness, version, publicUrl);
    }

    /** Signs people in. Call it before the filter that asks for keys is installed. */
    public void guard(Environment environment, FailureTranslator failures) {
        if (sessions == null) {
            return;
        }
        FilterRegistration.Dynamic filter =
                environment.servlets().addFilter("console", new SessionFilter(sessions, renderer, failures));
        filter.setAsyncSupported(true);
        filter.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, "/*");
    }

    /**
     * Serves the pages.
     *
     * @param secure whether browsers reach this server by https only
     */
    public void install(Environment environment, List<Object> pages, boolean secure) {
        environment.jersey().register(new PageFilter(renderer));
        environment.jersey().register(assets);
        environment.jersey().register(new FirstPage());
        environment.jersey().register(new ThemeChoice());
        if (sessions != null) {
            environment.jersey().register(new SignInPage(sessions, secure));
        }
        pages.forEach(environment.jersey()::register);
    }
}
