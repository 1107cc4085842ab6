package io.longhaul.auth.signin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.dropwizard.jackson.Jackson;
import io.longhaul.auth.AccessConfiguration;
import io.longhaul.auth.OidcConfiguration;
import io.longhaul.auth.Role;
import io.longhaul.auth.SignInConfiguration;
import io.longhaul.auth.signin.ProviderSignIn.Answer;
import io.longhaul.auth.signin.ProviderSignIn.Begun;
import io.longhaul.auth.signin.ProviderSignIn.SignedIn;
import io.longhaul.testing.SignInProvider;
import io.longhaul.testing.TokenProvider;
import io.longhaul.tools.secrets.Secret;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.jose4j.jwt.NumericDate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server accepts from a provider and from a browser, and what it does not. */
class ProviderSignInTest {
    private static final ObjectMapper YAML = Jackson.newObjectMapper(new YAMLFactory());
    private static final String BACK = "https://jobs.example.org/ui/sign-in/provider/back";
    private static final ProviderSignIn.Addresses ADDRESSES =
            new ProviderSignIn.Addresses(BACK, "https://jobs.example.org/ui/sign-in", "/ui");

    private final SignInProvider provider = new SignInProvider();
    private final HttpClient browser = HttpClient.newHttpClient();
    private final ProviderSignIn server = server(Clock.systemUTC());

    @AfterEach
    void close() {
        provider.close();
    }

    private OidcConfiguration oidc() throws IOException {
        return YAML.treeToValue(YAML.readTree(provider.configuration()).get("auth"), AccessConfiguration.class)
                .oidc();
    }

    private ProviderSignIn server(Clock clock) {
        try {
            return new ProviderSignIn(oidc(), ADDRESSES, clock);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Goes to the provider and comes back with its answer. */
    private Answer visit(Begun begun) throws Exception {
        HttpResponse<Void> sent =
                browser.send(HttpRequest.newBuilder(begun.provider()).build(), BodyHandlers.discarding());
        URI back = URI.create(sent.headers().firstValue("Location").orElseThrow());
        assertThat(back.toString()).startsWith(BACK + "?");
        Map<String, String> query = SignInProvider.pairs(back.getRawQuery());
        return new Answer(
                query.get("state"),
                query.get("code"),
                query.get("iss"),
                query.get("error"),
                query.get("error_description"));
    }

    private SignedIn signIn() throws Exception {
        Begun begun = server.begin("/ui/jobs?status=failed");
        return server.finish(visit(begun), begun.cookie());
    }

    private void refused(String reason) {
        assertThatThrownBy(this::signIn).isInstanceOf(SignInFailure.class).hasMessageContaining(reason);
    }

    @Test
    void aPersonOfTheProviderIsThePrincipalOfItsTokens() throws Exception {
        SignedIn in = signIn();

        assertThat(in.person().name()).isEqualTo("oidc:ada");
        assertThat(in.person().role()).isEqualTo(Role.SUBMIT);
        assertThat(in.to()).isEqualTo("/ui/jobs?status=failed");
        assertThat(in.length()).isBetween(Duration.ofMinutes(5), Duration.ofMinutes(6));
        assertThat(server.sessions().principal(in.session())).contains(in.person());
        assertThat(server(Clock.systemUTC()).sessions().principal(in.session()))
                .as("on another node")
                .contains(in.person());
    }

    @Test
    void aSessionEndsWithItsTokenAndCannotBeChanged() throws Exception {
        String session = signIn().session();
        ProviderSignIn later = server(Clock.fixed(Instant.now().plusSeconds(361), ZoneOffset.UTC));

        assertThat(later.sessions().principal(session)).isEmpty();
        for (String forged : List.of(
                session.replace(".submit.", ".admin."),
                session.replaceFirst("oidc\\.[^.]+", "oidc.b2lkYzpldmU"),
                session.replaceFirst("\\.[0-9]{10}\\.", ".9999999999."),
                session.substring(0, session.length() - 1),
                "oidc.x.admin.9999999999.",
                "")) {
            assertThat(server.sessions().principal(forged)).as(forged).isEmpty();
        }
    }

    @Test
    void noSessionOutlivesAWorkingDay() throws Exception {
        provider.claims = token -> token.setExpirationTimeMinutesInTheFuture(100_000);

        assertThat(signIn().length()).isEqualTo(Duration.ofHours(12));
    }

    @Test
    void anAnswerCountsOnlyInTheBrowserThatBegan() throws Exception {
        Begun mine = server.begin("/ui");
        Begun attackers = server.begin("/ui");
        Answer answer = visit(attackers);

        for (String cookie : new String[] {mine.cookie(), "", "nonsense", null, forged(mine.cookie())}) {
            assertThatThrownBy(() -> server.finish(answer, cookie))
                    .as(cookie)
                    .hasMessageContaining("not begun in this browser");
        }
        assertThatThrownBy(() -> server.finish(new Answer(null, answer.code(), null, null, null), mine.cookie()))
                .hasMessageContaining("not begun in this browser");
        assertThat(provider.exchanges).as("no code was used").isEmpty();
    }

    private static String forged(String cookie) {
        return "AAAAAAAAAAAAAAAAAAAAAA" + cookie.substring(22);
    }

    @Test
    void aSignInIsNeitherRepeatedNorKept() throws Exception {
        Begun begun = server.begin("/ui");
        Answer answer = visit(begun);
        ProviderSignIn later = server(Clock.fixed(Instant.now().plusSeconds(601), ZoneOffset.UTC));
        assertThatThrownBy(() -> later.finish(answer, begun.cookie())).hasMessageContaining("longer than 10 minutes");

        server.finish(answer, begun.cookie());

        assertThatThrownBy(() -> server.finish(answer, begun.cookie())).hasMessageContaining("no longer knows");
    }

    @Test
    void aStolenCodeIsOfNoUse() throws Exception {
        Answer stolen = visit(server.begin("/ui"));
        Begun mine = server.begin("/ui");
        String state = SignInProvider.pairs(mine.provider().getRawQuery()).get("state");

        assertThatThrownBy(() -> server.finish(new Answer(state, stolen.code(), null, null, null), mine.cookie()))
                .hasMessageContaining("no longer knows");
    }

    @Test
    void wrongIdTokensAreRefused() throws Exception {
        provider.claims = token -> token.setStringClaim("nonce", "of another sign-in");
        refused("of another sign-in");
        provider.claims = token -> token.unsetClaim("nonce");
        refused("of another sign-in");
        provider.claims = token -> token.setAudience("longhaul");
        refused("not for the audience longhaul-console");
        provider.claims = token -> token.setAudience(SignInProvider.CLIENT, "other");
        refused("made for another client");
        provider.claims = token -> token.setStringClaim("azp", "other");
        refused("made for another client");
        provider.claims = token -> token.setIssuer("https://evil.example");
        refused("is not one that");
        provider.claims = token ->
                token.setExpirationTime(NumericDate.fromSeconds(Instant.now().getEpochSecond() - 61));
        refused("has expired");
        provider.claims = token -> token.unsetClaim("exp");
        refused("has no exp");
        provider.claims = token ->
                token.setNotBefore(NumericDate.fromSeconds(Instant.now().getEpochSecond() + 120));
        refused("not valid yet");
        provider.claims = token -> token.setSubject(" ");
        refused("names who asks");
        provider.claims = token -> {};
        provider.signWith(TokenProvider.elliptic("one"));
        refused("is not one that");
    }

    @Test
    void theClockOfTheProviderMayBeALittleWrong() throws Exception {
        provider.claims = token -> {
            token.setExpirationTime(NumericDate.fromSeconds(Instant.now().getEpochSecond() - 30));
            token.setNotBefore(NumericDate.fromSeconds(Instant.now().getEpochSecond() - 60));
        };

        assertThat(signIn().length()).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(31));
    }

    @Test
    void rolesMayBeInTheAccessTokenForTheApi() throws Exception {
        provider.roles = new String[0];
        refused("oidc:ada has no role here");
        provider.accessToken = provider.apiToken("eve", "admin");
        refused("oidc:ada has no role here");

        provider.accessToken = provider.apiToken("ada", "operate");

        assertThat(signIn().person().role()).isEqualTo(Role.OPERATE);
    }

    @Test
    void anotherProvidersAnswerIsRefused() {
        provider.back = answer -> answer.put("iss", "https://evil.example");
        refused("not of " + provider.issuer());
        provider.back = answer -> {};
        provider.description = said -> said.put("authorization_response_iss_parameter_supported", true);
        assertThatThrownBy(() -> {
                    ProviderSignIn fresh = server(Clock.systemUTC());
                    Begun begun = fresh.begin("/ui");
                    fresh.finish(visit(begun), begun.cookie());
                })
                .hasMessageContaining("not of " + provider.issuer());
    }

    @Test
    void errorsOfTheProviderAreToldAndNothingElse() {
        provider.back = answer -> {
            answer.remove("code");
            answer.put("error", "access_denied");
            answer.put("error_description", "not in the\nlab \u202egroup");
        };
        refused("did not let you in, or you said no there. It says: “not in the lab group”.");
        provider.back = answer -> answer.put("error", "<b>Call 555 and tell your key</b>");
        refused("refused the sign-in: unknown error.");
        provider.back = answer -> answer.put("error", "invalid_scope");
        refused("invalid_scope");
        provider.back = answer -> answer.remove("code");
        refused("sent no code");
        assertThatThrownBy(() -> server.finish(
                        new Answer("forged", null, null, "access_denied", "Call 555"),
                        server.begin("/ui").cookie()))
                .hasMessageContaining("not begun in this browser")
                .message()
                .doesNotContain("Call 555");
    }

    @Test
    void aProviderThatTakesNoBasicCredentialsGetsThemInTheForm() throws Exception {
        provider.description = said -> said.put("token_endpoint_auth_methods_supported", List.of("client_secret_post"));

        signIn();

        assertThat(provider.exchanges.get(0)).containsEntry("client_secret", SignInProvider.SECRET);
    }

    @Test
    void aProviderThatIsDownIsSaidToBe() throws Exception {
        Begun begun = server.begin("/ui");
        Answer answer = visit(begun);
        provider.broken = 502;

        assertThatThrownBy(() -> server.finish(answer, begun.cookie()))
                .hasMessageContaining("cannot be used at the moment: it answered 502")
                .hasMessageContaining("sign in with a key");
        assertThatThrownBy(() -> server(Clock.systemUTC()).begin("/ui")).hasMessageContaining("it answered 502");
        provider.broken = 200;
        assertThatThrownBy(() -> server(Clock.systemUTC()).begin("/ui")).hasMessageContaining("no JSON object");
        provider.broken = 0;
        provider.description = said -> said.put("issuer", "https://evil.example");
        assertThatThrownBy(() -> server(Clock.systemUTC()).begin("/ui")).hasMessageContaining("another issuer");
        provider.description = said -> said.put("token_endpoint", "http://id.example/token");
        assertThatThrownBy(() -> server(Clock.systemUTC()).begin("/ui"))
                .hasMessageContaining("its token_endpoint is no https address");
    }

    @Test
    void aSecretThatIsMissingOrCanBeGuessedIsRefused(@TempDir Path folder) throws IOException {
        OidcConfiguration good = oidc();
        Path shortSecret = Files.writeString(folder.resolve("secret"), "s3cret");
        for (String[] wrong :
                new String[][] {{"/nowhere", "is missing: provide there"}, {shortSecret.toString(), "has 6 characters"}
                }) {
            OidcConfiguration bad = new OidcConfiguration(
                    good.issuer(),
                    good.audience(),
                    good.jwks(),
                    good.nameClaim(),
                    good.rolesClaim(),
                    good.roles(),
                    good.clockSkew(),
                    new SignInConfiguration("c", new Secret(null, wrong[0], false), List.of("openid"), ""));
            assertThatThrownBy(() -> new ProviderSignIn(bad, ADDRESSES, Clock.systemUTC()))
                    .hasMessageContaining(wrong[1]);
        }
    }

    @Test
    void whoeverSignsOutIsSentToTheProvider() {
        assertThat(server.signOut().orElseThrow().toString())
                .startsWith(
                        provider.issuer() + "/out?client_id=longhaul-console&post_logout_redirect_uri=https%3A%2F%2F");
    }
}
