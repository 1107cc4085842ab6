package io.longhaul.webhooks;

import io.longhaul.hosts.Host;
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
 * Finds where a name leads, once for each connection, and lets through only where webhooks may go. The connection is made
 * to the very addresses that were looked at: a name that leads elsewhere a moment later gains nothing.
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
        // The system's own look-up blocks, and knows no deadline.
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
        // Also for addresses that an earlier release let in.
        Optional<String> problem = Host.problem(host);
        if (problem.isPresent()) {
            throw new AddressRefusedException("its address " + problem.get());
        }
        InetAddress literal = Host.literal(bare).orElse(null);
        InetAddress[] found = literal == null ? names.find(bare) : new InetAddress[] {literal};
        List<InetSocketAddress> allowed = new ArrayList<>();
        for (InetAddress address : found) {
            if (policy.mayConnect(host, address)) {
                // Named as it was asked for: TLS asks for the name that the socket's address has.
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
