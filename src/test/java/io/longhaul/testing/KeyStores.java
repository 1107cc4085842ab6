package io.longhaul.testing;

import java.io.IOException;
import java.nio.file.Path;

/** Files with a key and its certificate, as servers with TLS read them. */
public final class KeyStores {
    /** Opens each of them. */
    public static final String PASSWORD = "secret-word";

    private KeyStores() {}

    /** Makes one of the kind PKCS12, whose certificate of localhost is valid for 30 days. */
    public static Path in(Path folder) throws IOException, InterruptedException {
        Path store = folder.resolve("keys.p12");
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        int made = new ProcessBuilder(
                        (keytool + " -genkeypair -alias a -keyalg EC -dname CN=localhost -validity 30 -storetype PKCS12"
                                        + " -storepass " + PASSWORD + " -keystore " + store)
                                .split(" "))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
        if (made != 0) {
            throw new IOException("keytool ended with " + made);
        }
        return store;
    }
}
