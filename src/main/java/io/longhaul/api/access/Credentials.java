package io.longhaul.api.access;

import io.dropwizard.core.setup.Environment;
import io.dropwizard.lifecycle.Managed;
import io.longhaul.auth.AccessConfiguration;
import io.longhaul.auth.ApiKeys;
import io.longhaul.auth.Authenticator;
import io.longhaul.auth.KeyStatements;
import io.longhaul.auth.OpenAnswers;
import io.longhaul.auth.Principal;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;

/** Keys and tokens of requests: checked when a request comes, and as long as it is answered. */
final class Credentials {
    private final Authenticator authenticator;
    private final OpenAnswers answers;

    private Credentials(Authenticator authenticator, OpenAnswers answers) {
        this.authenticator = authenticator;
        this.answers = answers;
    }

    static Credentials install(Environment environment, AccessConfiguration configuration, KeyStatements statements) {
        OpenAnswers answers = new OpenAnswers(statements, Clock.systemUTC());
        if (configuration.mode() != AccessConfiguration.Mode.NONE) {
            environment.lifecycle().manage(new Managed() {
                @Override
                public void start() {
                    answers.start();
                }

                @Override
                public void stop() {
                    answers.stop();
                }
            });
        }
        return new Credentials(new Authenticator(new ApiKeys(statements), configuration.oidc()), answers);
    }

    /** The principal of a key or token that a request has, which is recorded on the request. */
    Principal sender(String sent, HttpServletRequest request) {
        Authenticator.Sender sender = authenticator.sender(sent);
        sender.credential().on(request);
        return sender.principal();
    }

    /** Lets the answer to a request end with its credential. */
    void watch(HttpServletRequest request) {
        answers.on(request);
    }
}
