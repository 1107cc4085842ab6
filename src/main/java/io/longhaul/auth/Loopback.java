package io.longhaul.auth;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Set;

/** Recognizes addresses that only this machine can reach. */
public final class Loopback {
    private static final Set<String> NAMES = Set.of("localhost", "127.0.0.1", "[::1]");

    private Loopback() {}

    /**
     * True if a server bound to this address or name is reached from this machine only. Null or empty means all
     * addresses. False for a name that is not known.
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
     * True for a {@code Host} (without port) that leads to this machine without a name server: localhost and its
     * addresses.
     */
    public static boolean names(String host) {
        return NAMES.contains(host) || host.endsWith(".localhost");
    }
}
