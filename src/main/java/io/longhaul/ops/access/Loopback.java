package io.longhaul.ops.access;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Set;

/** Where nobody but this machine can reach a server. */
public final class Loopback {
    private static final Set<String> NAMES = Set.of("localhost", "127.0.0.1", "[::1]");

    private Loopback() {}

    /**
     * Whether a server that is bound there is reached from this machine only.
     *
     * @param bindHost an address or name; null or empty for all addresses
     * @return false also for a name that is not known
     */
    public static boolean holds(String bindHost) {
        try {
            return bindHost != null
                    && !bindHost.isBlank()
                    && InetAddress.getByName(bindHost).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /**
     * Whether a name leads to this machine whatever any name server says.
     *
     * @param host of the header {@code Host}, without the port
     * @return true for localhost and its addresses
     */
    public static boolean names(String host) {
        return NAMES.contains(host) || host.endsWith(".localhost");
    }
}
