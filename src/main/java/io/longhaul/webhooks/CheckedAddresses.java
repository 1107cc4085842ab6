package io.longhaul.webhooks;

import io.longhaul.outbound.Host;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.SocketAddressResolver;

/**
 * Resolves a name once for each connection, and returns only addresses to which webhooks may be sent. The connection is
 * made to these checked addresses: a name that resolves differently a moment later bypasses nothing.
 */
final class CheckedAddresses implements SocketAddressResolver {
    /** Asks the system. */
    interface Names {
        InetAddress[] find(String host) throws UnknownHostException;
    }

    private final AddressPolicy policy;
    private final Names names;
    private final Executor executor;

    CheckedAddresses(AddressPolicy policy, Names names, Executor executor) {
        this.policy = policy;
        this.names = names;
        this.executor = executor;
    }

    @Override
    public void resolve(String host, int port, Map<String, Object> context, Promise<List<InetSocketAddress>> promise) {
        // The system's own look-up blocks, and has no timeout.
        executor.execute(() -> {
            try {
                promise.succeeded(resolve(host, port));
            } catch (Throwable e) {
                promise.failed(e);
            }
        });
    }

    private List<InetSocketAddress> resolve(String host, int port)
            throws UnknownHostException, AddressRefusedException {
        String bare = Host.bare(host);
        // Checked again, because an earlier release may have accepted the address.
        Optional<String> problem = Host.problem(host);
        if (problem.isPresent()) {
            throw new AddressRefusedException("its address " + problem.get());
        }
        InetAddress literal = Host.literal(bare).orElse(null);
        InetAddress[] found = literal == null ? names.find(bare) : new InetAddress[] {literal};
        List<InetSocketAddress> allowed = new ArrayList<>();
        for (InetAddress address : found) {
            if (policy.mayConnect(host, address)) {
                // With the requested name: TLS verifies the name of the socket's address.
                InetAddress named = InetAddress.getByAddress(bare, address.getAddress());
                allowed.add(new InetSocketAddress(named, port));
            }
        }
        if (allowed.isEmpty()) {
            throw new AddressRefusedException(AddressPolicy.refusal(host, found[0]));
        }
        return allowed;
    }
}
