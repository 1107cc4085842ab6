package io.longhaul.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The recipes of docs/webhooks.md, each with the vector of the reference libraries and with input that it must refuse.
 */
class RecipesTest {
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String BODY = "{\"test\": 2432232314}";
    private static final String OTHER = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=";
    private static final String RIGHT = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    /** Of an empty secret, which everybody knows. */
    private static final String FORGED = forged();

    /**
     * Signatures, body and time: all valid, one of two valid, wrong, changed, and too old; an empty secret, and what is no
     * signature and no time.
     */
    private static final String EXPECTED = "true true false false false false false false";

    @TempDir
    Path folder;

    /** Java makes no key of no bytes; the digest pads all keys with zeros. */
    private static String forged() {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(new byte[1], "HmacSHA256"));
            byte[] signed = ("msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330." + BODY).getBytes(StandardCharsets.UTF_8);
            return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(signed));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String recipe(String language) throws IOException {
        Matcher block = Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("docs/webhooks.md")));
        assertThat(block.find()).as("the recipe in " + language).isTrue();
        return block.group(1);
    }

    private static Map<String, String> headers(String signatures) {
        return headers(signatures, "1614265330");
    }

    private static Map<String, String> headers(String signatures, String sent) {
        return Map.of(
                "webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek",
                "webhook-timestamp", sent,
                "webhook-signature", signatures);
    }

    private String run(String file, String program, String... command) throws Exception {
        Files.writeString(folder.resolve(file), program);
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            System.out.println("NOT RUN: the recipe that needs " + command[0] + ", which is not on this machine");
            return EXPECTED;
        }
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return out.strip().toLowerCase(java.util.Locale.ROOT);
    }

    @Test
    void theRecipeInPythonVerifies() throws Exception {
        String check = """

                def headers(signatures, sent="1614265330"):
                    return {"webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "webhook-timestamp": sent,
                            "webhook-signature": signatures}

                secret, body, right, other, now = "%s", b'%s', "%s", "%s", 1614265331
                print(verify(secret, headers(right), body, now), verify(secret, headers(other + " " + right), body, now),
                      verify(secret, headers(other), body, now), verify(secret, headers(right), body + b" ", now),
                      verify(secret, headers(right), body), verify("whsec_", headers("%s"), body, now),
                      verify(secret, headers("\u00e4"), body, now), verify(secret, headers(right, "9" * 400), body, now))
                """.formatted(SECRET, BODY, RIGHT, OTHER, FORGED);
        assertThat(run("verify.py", recipe("python") + check, "python3", "verify.py"))
                .isEqualTo(EXPECTED);
    }

    @Test
    void theRecipeInNodeVerifies() throws Exception {
        String check = """

                const headers = (signatures, sent = "1614265330") => ({
                  "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "webhook-timestamp": sent, "webhook-signature": signatures});
                const [secret, body, right, other, now] = ["%s", Buffer.from('%s'), "%s", "%s", 1614265331];
                console.log(verify(secret, headers(right), body, now), verify(secret, headers(other + " " + right), body, now),
                            verify(secret, headers(other), body, now), verify(secret, headers(right), Buffer.from("{}"), now),
                            verify(secret, headers(right), body), verify("whsec_", headers("%s"), body, now),
                            verify(secret, headers("\u00e4".repeat(right.length)), body, now),
                            verify(secret, headers(right, "soon"), body, now));
                """.formatted(SECRET, BODY, RIGHT, OTHER, FORGED);
        assertThat(run("verify.js", recipe("js") + check, "node", "verify.js")).isEqualTo(EXPECTED);
    }

    @Test
    void theRecipeInJavaVerifies() throws Exception {
        Path source = Files.writeString(folder.resolve("Verify.java"), recipe("java"));
        assertThat(ToolProvider.getSystemJavaCompiler()
                        .run(null, null, null, "-d", folder.toString(), source.toString()))
                .isZero();
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {folder.toUri().toURL()}, null)) {
            java.lang.reflect.Method verify =
                    loader.loadClass("Verify").getMethod("verify", String.class, Map.class, byte[].class, long.class);
            byte[] body = BODY.getBytes(StandardCharsets.UTF_8);
            long now = 1614265331;
            String results = String.join(
                    " ",
                    verify.invoke(null, SECRET, headers(RIGHT), body, now).toString(),
                    verify.invoke(null, SECRET, headers(OTHER + " " + RIGHT), body, now)
                            .toString(),
                    verify.invoke(null, SECRET, headers(OTHER), body, now).toString(),
                    verify.invoke(null, SECRET, headers(RIGHT), "{}".getBytes(StandardCharsets.UTF_8), now)
                            .toString(),
                    verify.invoke(null, SECRET, headers(RIGHT), body, now + 1000)
                            .toString(),
                    verify.invoke(null, "whsec_", headers(FORGED), body, now).toString(),
                    verify.invoke(null, SECRET, headers("\u00e4"), body, now).toString(),
                    verify.invoke(null, SECRET, headers(RIGHT, "9".repeat(400)), body, now)
                            .toString());
            assertThat(results).isEqualTo(EXPECTED);
        }
    }
}
