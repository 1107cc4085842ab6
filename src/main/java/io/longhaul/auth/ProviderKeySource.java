package io.longhaul.auth;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads a provider's keys, as JSON. */
final class ProviderKeySource {
    private static final int OK = 200;

    private final OidcConfiguration configuration;
    private ProviderClient client;

    ProviderKeySource(OidcConfiguration configuration) {
        this.configuration = configuration;
    }

    /** For one thread at a time. */
    String read() throws IOException {
        return configuration.fetches() ? fetch() : file(Path.of(configuration.jwks()));
    }

    private static String file(Path path) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(ProviderClient.MOST_BYTES + 1);
            if (bytes.length > ProviderClient.MOST_BYTES) {
                throw new IOException("it has more than " + ProviderClient.MOST_BYTES + " bytes");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    private String fetch() throws IOException {
        if (client == null) {
            client = new ProviderClient();
        }
        HttpResponse<String> response = client.send(HttpRequest.newBuilder(URI.create(configuration.jwks()))
                .header("Accept", "application/json, application/jwk-set+json"));
        if (response.statusCode() != OK) {
            throw new IOException("it answered " + response.statusCode());
        }
        return response.body();
    }

    @Override
    public String toString() {
        return configuration.jwks();
    }
}
