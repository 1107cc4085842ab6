package io.longhaul.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.lang.JoseException;

/** An OpenID provider as far as this server asks one: it signs tokens, and publishes its keys. */
public final class TokenProvider implements AutoCloseable {
    /** Whom it says it is. */
    public static final String ISSUER = "https://id.example";

    /** For whom its tokens are. */
    public static final String AUDIENCE = "longhaul";

    /** How often it was asked for its keys. */
    public final AtomicInteger fetches = new AtomicInteger();

    /** Open once somebody has hung up on keys without end. */
    public final CountDownLatch hungUp = new CountDownLatch(1);

    private final HttpServer server;
    private volatile String published = "";
    private volatile boolean endless;

    /** Starts it; it has published no key, and answers 500 until then. */
    public TokenProvider() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/keys", exchange -> {
            fetches.incrementAndGet();
            if (endless) {
                sendWithoutEnd(exchange);
                return;
            }
            byte[] body = published.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(body.length == 0 ? 500 : 200, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    private void sendWithoutEnd(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            while (true) {
                out.write(new byte[8192]);
            }
        } catch (IOException e) {
            hungUp.countDown();
        }
    }

    /** Where its keys are. */
    public String keys() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/keys";
    }

    /** Publishes the public halves of keys in place of those before; none is like being out of order. */
    public void publish(PublicJsonWebKey... keys) {
        publish(keys.length == 0 ? "" : new JsonWebKeySet(keys).toJson());
    }

    /** Publishes any text. */
    public void publish(String text) {
        endless = false;
        published = text;
    }

    /** Answers go on and on. */
    public void publishWithoutEnd() {
        endless = true;
    }

    /** A new key for RS256. */
    public static PublicJsonWebKey rsa(String id) throws JoseException {
        PublicJsonWebKey key = RsaJwkGenerator.generateJwk(2048);
        key.setKeyId(id);
        return key;
    }

    /** A new key for ES256. */
    public static PublicJsonWebKey elliptic(String id) throws JoseException {
        PublicJsonWebKey key = EcJwkGenerator.generateJwk(EllipticCurves.P256);
        key.setKeyId(id);
        return key;
    }

    /** What a good token says. */
    public static JwtClaims claims(String subject, String... roles) {
        JwtClaims claims = new JwtClaims();
        claims.setIssuer(ISSUER);
        claims.setAudience(AUDIENCE);
        claims.setSubject(subject);
        claims.setExpirationTimeMinutesInTheFuture(5);
        claims.setStringListClaim("roles", roles);
        return claims;
    }

    /** Signs claims by the key's usual algorithm. */
    public static String signed(JwtClaims claims, PublicJsonWebKey key) throws JoseException {
        return signed(
                claims,
                key,
                key.getKeyType().equals("RSA")
                        ? AlgorithmIdentifiers.RSA_USING_SHA256
                        : AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);
    }

    /** Signs claims. */
    public static String signed(JwtClaims claims, PublicJsonWebKey key, String algorithm) throws JoseException {
        JsonWebSignature token = unsigned(claims, algorithm, key.getKeyId());
        token.setKey(key.getPrivateKey());
        return token.getCompactSerialization();
    }

    /** A token that only lacks a key. */
    public static JsonWebSignature unsigned(JwtClaims claims, String algorithm, String keyId) {
        JsonWebSignature token = new JsonWebSignature();
        token.setPayload(claims.toJson());
        token.setKeyIdHeaderValue(keyId);
        token.setAlgorithmHeaderValue(algorithm);
        return token;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
