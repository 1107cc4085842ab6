package io.longhaul.cli.remote;

import java.util.Map;
import java.util.function.Consumer;

/**
 * The server that a command asks.
 *
 * @param urls its addresses with commas between them
 * @param key an API key or token, or null
 * @param keyFrom where the key is from, for people; null without one
 */
public record TargetServer(String urls, String key, String keyFrom) {
    /** With the key of the environment, or none. */
    public static TargetServer of(String urls, String key) {
        return new TargetServer(urls, key, key == null ? null : "LONGHAUL_API_KEY");
    }

    /**
     * The server that arguments, the environment or the file of servers name, in this order.
     *
     * @param url as given, or null
     * @param name one of the file, as given, or null
     * @param warnings gets a line if others may read the keys in the file, and of what is not read there
     * @throws IllegalArgumentException if no server is there; the message says what is possible
     */
    public static TargetServer of(String url, String name, Map<String, String> environment, Consumer<String> warnings) {
        if (url != null && name != null) {
            throw new Misuse("write --url or --server, not both");
        }
        String key = ServerAddress.key(environment);
        return url != null ? of(url, key) : named(name, key, environment, warnings);
    }

    /** What was named beats what is usual; the environment's URL beats the environment's name. */
    private static TargetServer named(
            String given, String key, Map<String, String> environment, Consumer<String> warnings) {
        boolean hasUrl = !environment.getOrDefault("LONGHAUL_URL", "").isBlank();
        if (given == null && hasUrl) {
            return of(ServerAddress.in(environment), key);
        }
        Profiles profiles = Profiles.of(environment);
        profiles.unknown().forEach(warnings);
        String usual = environment.getOrDefault("LONGHAUL_SERVER", "").strip();
        String name = given != null ? given : usual.isEmpty() ? profiles.usual() : usual;
        if (name == null) {
            return of(ServerAddress.in(environment), key);
        }
        String warning = profiles.warning();
        if (warning != null) {
            warnings.accept(warning);
        }
        TargetServer found = profiles.named(name);
        return found.key() == null ? of(found.urls(), key) : found;
    }
}
