package io.longhaul.testing;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.lang.JoseException;

/**
 * An OpenID provider at which people sign in to this server. It checks what a good provider checks, and a test may have it
 * say something wrong. Whoever comes is signed in as {@link #person} at once.
 */
public final class SignInProvider implements AutoCloseable {
    /** How it knows this server. */
    public static final String CLIENT = "longhaul-console";

    /** The secret that it gave for it, which has to be escaped. */
    public static final String SECRET = "s3cret: with + and % and ü";

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Who signs in next. */
    public volatile String person = "ada";

    /** The roles in the ID token. */
    public volatile String[] roles = {"submit"};

    /** Changes the claims of ID tokens. */
    public volatile Consumer<JwtClaims> claims = token -> {};

    /** The access token that it gives. */
    public volatile String accessToken = "opaque";

    /** Changes the parameters with which people are sent back. */
    public volatile Consumer<Map<String, String>> back = answer -> {};

    /** Changes what it says of itself. */
    public volatile Consumer<Map<String, Object>> description = said -> {};

    /** Answers with this status instead, if it is not 0. */
    public volatile int broken;

    /** Where it sends people back to, if this server has another address for tests than for it. */
    public volatile String server;

    /** The form of each request for tokens. */
    public final List<Map<String, String>> exchanges = new CopyOnWriteArrayList<>();

    /** The query of each request to sign out. */
    public final List<Map<String, String>> signedOut = new CopyOnWriteArrayList<>();

    private final HttpServer http;
    private final PublicJsonWebKey key;
    private final Map<String, Map<String, String>> codes = new ConcurrentHashMap<>();
    private volatile PublicJsonWebKey signer;

    /** Starts it. */
    public SignInProvider() {
        try {
            key = TokenProvider.elliptic("one");
            signer = key;
            http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
        http.createContext("/", this::answer);
        http.start();
    }

    /** Its name, which is its address. */
    public String issuer() {
        return "http://127.0.0.1:" + http.getAddress().getPort();
    }

    /** The block {@code auth} of a server whose people sign in here. */
    public String configuration() {
        return """
                auth:
                  mode: keys
                  oidc:
                    issuer: "%1$s"
                    audience: longhaul
                    jwks: "%1$s/keys"
                    signIn: {clientId: %2$s, clientSecret: {file: "%3$s"}, name: Lab}
                """.formatted(issuer(), CLIENT, secretFile());
    }

    /** A file with the secret. */
    public String secretFile() {
        try {
            Path file = Files.createTempFile("client", ".secret");
            file.toFile().deleteOnExit();
            return Files.writeString(file, SECRET + "\n").toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Signs with a key that it does not publish, or with the one that it does. */
    public void signWith(PublicJsonWebKey other) {
        signer = other == null ? key : other;
    }

    /** An access token for the API. */
    public String apiToken(String subject, String... given) throws JoseException {
        JwtClaims token = TokenProvider.claims(subject, given);
        token.setIssuer(issuer());
        return TokenProvider.signed(token, key);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (broken != 0) {
                send(exchange, broken, "<html>broken</html>");
                return;
            }
            switch (exchange.getRequestURI().getPath()) {
                case "/.well-known/openid-configuration" -> send(exchange, 200, JSON.writeValueAsString(said()));
                case "/keys" -> send(exchange, 200, new JsonWebKeySet(key).toJson());
                case "/authorize" -> authorize(exchange);
                case "/token" -> token(exchange);
                case "/out" -> {
                    Map<String, String> query = pairs(exchange.getRequestURI().getRawQuery());
                    signedOut.add(query);
                    redirect(exchange, query.get("post_logout_redirect_uri"));
                }
                default -> send(exchange, 404, "");
            }
        } catch (GeneralSecurityException | JoseException e) {
            throw new IllegalStateException(e);
        }
    }

    private Map<String, Object> said() {
        Map<String, Object> said = new TreeMap<>(Map.of(
                "issuer", issuer(),
                "authorization_endpoint", issuer() + "/authorize?tenant=lab",
                "token_endpoint", issuer() + "/token",
                "jwks_uri", issuer() + "/keys",
                "end_session_endpoint", issuer() + "/out",
                "code_challenge_methods_supported", List.of("S256")));
        description.accept(said);
        return said;
    }

    private void authorize(HttpExchange exchange) throws IOException {
        Map<String, String> asked = pairs(exchange.getRequestURI().getRawQuery());
        boolean good = CLIENT.equals(asked.get("client_id"))
                && "code".equals(asked.get("response_type"))
                && "S256".equals(asked.get("code_challenge_method"))
                && "lab".equals(asked.get("tenant"))
                && asked.get("scope").contains("openid");
        if (!good) {
            send(exchange, 400, "bad request");
            return;
        }
        String code = UUID.randomUUID().toString();
        codes.put(code, asked);
        Map<String, String> answer = new TreeMap<>(Map.of("code", code, "state", asked.get("state")));
        back.accept(answer);
        redirect(exchange, asked.get("redirect_uri") + "?" + query(answer));
    }

    private void token(HttpExchange exchange) throws IOException, GeneralSecurityException, JoseException {
        Map<String, String> form = pairs(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        exchanges.add(form);
        if (!knows(exchange.getRequestHeaders().getFirst("Authorization"), form)) {
            send(exchange, 401, "{\"error\": \"invalid_client\"}");
            return;
        }
        Map<String, String> asked = codes.remove(form.getOrDefault("code", ""));
        String challenge = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(MessageDigest.getInstance("SHA-256")
                        .digest(form.getOrDefault("code_verifier", "").getBytes(StandardCharsets.US_ASCII)));
        if (asked == null
                || !challenge.equals(asked.get("code_challenge"))
                || !asked.get("redirect_uri").equals(form.get("redirect_uri"))) {
            send(exchange, 400, "{\"error\": \"invalid_grant\"}");
            return;
        }
        send(
                exchange,
                200,
                JSON.writeValueAsString(Map.of(
                        "token_type", "Bearer", "access_token", accessToken, "id_token", idToken(asked.get("nonce")))));
    }

    private static boolean knows(String authorization, Map<String, String> form) {
        String basic = URLEncoder.encode(CLIENT, StandardCharsets.UTF_8) + ":"
                + URLEncoder.encode(SECRET, StandardCharsets.UTF_8);
        return authorization == null
                ? CLIENT.equals(form.get("client_id")) && SECRET.equals(form.get("client_secret"))
                : authorization.equals(
                        "Basic " + Base64.getEncoder().encodeToString(basic.getBytes(StandardCharsets.UTF_8)));
    }

    private String idToken(String nonce) throws JoseException {
        JwtClaims token = TokenProvider.claims(person, roles);
        token.setIssuer(issuer());
        token.setAudience(CLIENT);
        token.setStringClaim("nonce", nonce);
        claims.accept(token);
        return TokenProvider.signed(token, signer);
    }

    private void redirect(HttpExchange exchange, String to) throws IOException {
        String there = server == null ? to : to.replaceFirst("^https?://[^/]+", server);
        exchange.getResponseHeaders().set("Location", there);
        send(exchange, 303, "");
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    /** Reads a query or a form. */
    public static Map<String, String> pairs(String text) {
        return Arrays.stream(text.split("&", -1))
                .map(pair -> new ArrayList<>(Arrays.asList(pair.split("=", 2))))
                .collect(Collectors.toMap(pair -> decoded(pair.get(0)), pair -> decoded(pair.get(1))));
    }

    private static String query(Map<String, String> values) {
        return values.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
