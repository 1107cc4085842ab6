package io.longhaul.ops.access;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Set;

/** Recognizes addresses that only this machine can reach. */
public final class Loopback {
    private static final Set<String> NAMES = Set.of("localhost", "127.0.0.1", "[::1]");

    private Loopback() {}

    /**
     * True if a server bound to this host is reached from this machine only.
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
     * True for localhost and its addresses, which lead to this machine without a name server.
     *
     * @param host of the header {@code Host}, without the port
     */
    public static boolean names(String host) {
        return NAMES.contains(host) || host.endsWith(".localhost");
    }
}
