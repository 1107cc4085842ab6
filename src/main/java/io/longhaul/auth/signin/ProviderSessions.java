package io.longhaul.auth.signin;

import io.longhaul.auth.Principal;
import io.longhaul.auth.Role;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sessions of people who signed in at the provider. A session holds name, role and end, and is signed: it is valid on
 * every node with the same client secret, and is stored on none.
 */
public final class ProviderSessions {
    /** Begins every such session, and no session of a key. */
    private static final String PREFIX = "oidc.";

    private static final String PURPOSE = "session";
    private static final Pattern FORM = Pattern.compile(
            "oidc\\.([\\w-]{1,1200})\\.(read|submit|work|operate|admin)\\.([0-9]{1,12})\\.([\\w-]{43})");

    private final Signatures signatures;
    private final Clock clock;

    ProviderSessions(Signatures signatures, Clock clock) {
        this.signatures = signatures;
        this.clock = clock;
    }

    /** True for what looks like one of these sessions. */
    public static boolean isOne(String session) {
        return session.startsWith(PREFIX);
    }

    String begin(Principal person, Instant end) {
        String name = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(person.name().getBytes(StandardCharsets.UTF_8));
        String claim = PREFIX + name + "." + person.role().word() + "." + end.getEpochSecond();
        return claim + "." + signatures.of(PURPOSE, claim);
    }

    /** The person of a session; empty if it is not a session of ours, or has ended. */
    public Optional<Principal> principal(String session) {
        Matcher parts = FORM.matcher(session);
        if (!parts.matches() || !signatures.isOf(PURPOSE, session.substring(0, parts.end(3)), parts.group(4))) {
            return Optional.empty();
        }
        if (Long.parseLong(parts.group(3)) <= clock.instant().getEpochSecond()) {
            return Optional.empty();
        }
        String name = new String(Base64.getUrlDecoder().decode(parts.group(1)), StandardCharsets.UTF_8);
        return Optional.of(new Principal(name, Role.valueOf(parts.group(2).toUpperCase(Locale.ROOT))));
    }
}
