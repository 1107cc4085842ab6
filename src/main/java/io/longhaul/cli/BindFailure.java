package io.longhaul.cli;

import java.net.BindException;
import java.net.SocketException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Optional;

/** Says why a server could not listen on its address, and what helps. */
final class BindFailure {
    private BindFailure() {}

    /** Cause and cure, or nothing if something else failed. */
    static Optional<String> of(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause.getCause() instanceof BindException bind) {
                return Optional.of(cause.getMessage() + ". " + cure(String.valueOf(bind.getMessage())));
            }
            if (isUnresolved(cause)) {
                return Optional.of(unknown("The address to listen on"));
            }
        }
        return Optional.empty();
    }

    /** Cause and cure for an address that leads nowhere. */
    static String unknown(String address) {
        return address + " is no name or address that this machine knows."
                + " Correct LONGHAUL_BIND and LONGHAUL_ADMIN_BIND: 127.0.0.1 for this machine alone,"
                + " 0.0.0.0 for all addresses.";
    }

    private static boolean isUnresolved(Throwable error) {
        return error instanceof UnresolvedAddressException
                || (error instanceof SocketException && "Unresolved address".equals(error.getMessage()));
    }

    // The operating system's words, which the JDK passes on; there is no type for each.
    private static String cure(String said) {
        if (said.contains("assign requested address")) {
            return "This machine has no such address: correct LONGHAUL_BIND or LONGHAUL_ADMIN_BIND,"
                    + " 127.0.0.1 for this machine alone, 0.0.0.0 for all addresses.";
        }
        if (said.contains("Permission denied")) {
            return "An ordinary user may not listen on a port below 1024: choose another by LONGHAUL_PORT or"
                    + " LONGHAUL_ADMIN_PORT, and let a proxy or a firewall rule pass the low port on to it.";
        }
        return "Another program uses that port: end it, or choose another by LONGHAUL_PORT and LONGHAUL_ADMIN_PORT.";
    }
}
