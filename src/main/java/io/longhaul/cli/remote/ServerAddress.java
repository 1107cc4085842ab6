package io.longhaul.cli.remote;

import io.longhaul.client.ServerUrl;
import java.util.Map;
import java.util.Set;

/** The address of the server that a command asks, where its arguments name none. */
public final class ServerAddress {
    private static final String URL = "LONGHAUL_URL";
    private static final String KEY = "LONGHAUL_API_KEY";
    private static final String BIND = "LONGHAUL_BIND";
    private static final String PORT = "LONGHAUL_PORT";

    /** Whoever listens on all addresses listens on loopback, too. */
    private static final Set<String> EVERYWHERE = Set.of("", "0.0.0.0", "::", "0:0:0:0:0:0:0:0");

    private static final String LOOPBACK = "127.0.0.1";
    private static final String USUAL_PORT = "8080";
    private static final int LAST_PORT = 65_535;

    private ServerAddress() {}

    /**
     * The addresses that the environment names, with commas between them, or that of a server on this machine that was started
     * with the same environment.
     *
     * @throws IllegalArgumentException if there can be no server there
     */
    public static String in(Map<String, String> environment) {
        String urls = environment.getOrDefault(URL, "").strip();
        if (!urls.isEmpty()) {
            return urls;
        }
        return "http://" + reachable(environment.getOrDefault(BIND, "").strip()) + ":" + port(environment);
    }

    /**
     * The API key or token in the environment, or null.
     *
     * @throws IllegalArgumentException if it cannot be one; the message does not quote it
     */
    public static String key(Map<String, String> environment) {
        String key = environment.getOrDefault(KEY, "").strip();
        if (!key.isEmpty() && !ServerUrl.canBeKey(key)) {
            throw new IllegalArgumentException(KEY + " has a character that no key has (a space, a line break, or one"
                    + " outside ASCII): set it to an API key or token of the server");
        }
        return key.isEmpty() ? null : key;
    }

    /** The host by which a server on this machine is reached that listens at an address. */
    public static String reachable(String bindHost) {
        if (EVERYWHERE.contains(bindHost)) {
            return LOOPBACK;
        }
        return bindHost.contains(":") && !bindHost.startsWith("[") ? "[" + bindHost + "]" : bindHost;
    }

    private static String port(Map<String, String> environment) {
        String port = environment.getOrDefault(PORT, "").strip();
        boolean number =
                port.matches("[0-9]{1,5}") && Integer.parseInt(port) >= 1 && Integer.parseInt(port) <= LAST_PORT;
        if (!port.isEmpty() && !number) {
            throw new IllegalArgumentException(PORT + " is \"" + port
                    + "\", where no server can be: set it to the server's port, such as 8080, or name the"
                    + " server with --url or " + URL);
        }
        return port.isEmpty() ? USUAL_PORT : port;
    }
}
