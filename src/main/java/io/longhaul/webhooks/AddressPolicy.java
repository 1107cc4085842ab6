package io.longhaul.webhooks;

import io.longhaul.outbound.Host;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Decides to which addresses webhooks are sent: to public ones, and to those that the configuration allows. Otherwise a
 * user who may name an address could make this server send requests inside its network.
 */
public final class AddressPolicy {
    private static final int LONGEST_URL = 2000;

    /** The part of IPv6 that is assigned to the internet. */
    private static final Range GLOBAL = Range.of("2000::/3");

    /** Private networks. The metadata addresses of clouds (169.254.0.0/16) are not among them. */
    private static final List<Range> PRIVATE =
            ranges("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1", "fc00::/7");

    /** Further ranges in the registries of special addresses (RFC 6890). */
    private static final List<Range> SPECIAL = ranges(
            "0.0.0.0/8",
            "169.254.0.0/16",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
            // Within 2000::/3: special uses with Teredo, documentation, and 6to4, behind which any IPv4 address may be.
            "2001::/23",
            "2001:db8::/32",
            "2002::/16",
            "3fff::/20");

    private final boolean allowPrivate;
    private final List<Range> allowed = new ArrayList<>();
    private final Set<String> allowedHosts = new TreeSet<>();

    AddressPolicy(boolean allowPrivate, List<String> allow) {
        this.allowPrivate = allowPrivate;
        for (String entry : allow) {
            Range.parse(entry).ifPresentOrElse(allowed::add, () -> allowedHosts.add(entry.toLowerCase(Locale.ROOT)));
        }
    }

    private static List<Range> ranges(String... texts) {
        return Stream.of(texts).map(Range::of).toList();
    }

    /**
     * Checks an address as it is written. Its name is resolved and checked only when a connection is made.
     *
     * @return the problem and its cure, or empty
     */
    public Optional<String> refusal(String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            return Optional.of("must be an address such as https://example.org/hooks");
        }
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        boolean complete = Set.of("http", "https").contains(scheme) && uri.getRawAuthority() != null;
        if (!complete || text.length() > LONGEST_URL || !text.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            return Optional.of(
                    "must be an address such as https://example.org/hooks: http or https with a host, in ASCII, of at most "
                            + LONGEST_URL + " characters");
        }
        if (uri.getRawAuthority().contains("@") || uri.getRawFragment() != null) {
            return Optional.of("must have neither a user nor a fragment");
        }
        Optional<String> problem = Host.problem(uri);
        return problem.isPresent() ? problem : refusalOfPlace(uri);
    }

    private Optional<String> refusalOfPlace(URI uri) {
        return literal(uri.getHost())
                .filter(address -> !mayConnect(uri.getHost(), address))
                .map(address -> refusal(uri.getHost(), address));
    }

    private static Optional<InetAddress> literal(String host) {
        String bare = Host.bare(host);
        return bare.equals("localhost") || bare.endsWith(".localhost") ? Host.literal("127.0.0.1") : Host.literal(bare);
    }

    /** The message for an address that is not allowed. */
    static String refusal(String host, InetAddress address) {
        String leads = Host.bare(host).equals(address.getHostAddress()) ? "" : ", which is " + address.getHostAddress();
        return "leads to " + Host.bare(host) + leads
                + ": not an address of the public internet. The server permits it with LONGHAUL_WEBHOOKS_ALLOW_PRIVATE=true"
                + " (webhooks.allowPrivate) or with webhooks.allow of its configuration";
    }

    /**
     * Decides about a connection.
     *
     * @param host as the address names it
     * @param address to which that name resolves
     */
    boolean mayConnect(String host, InetAddress address) {
        return allowedHosts.contains(Host.bare(host))
                || isIn(allowed, address)
                || (isIn(PRIVATE, address) ? allowPrivate : isPublic(address));
    }

    private static boolean isPublic(InetAddress address) {
        boolean given = address.getAddress().length == 4 || GLOBAL.contains(address);
        return given && !isIn(SPECIAL, address);
    }

    private static boolean isIn(List<Range> ranges, InetAddress address) {
        return ranges.stream().anyMatch(range -> range.contains(address));
    }

    /** A range of addresses, such as 10.0.0.0/8. */
    static final class Range {
        private final byte[] address;
        private final int bits;

        private Range(byte[] address, int bits) {
            this.address = address;
            this.bits = bits;
        }

        /** For ranges that are constants. */
        static Range of(String text) {
            return parse(text).orElseThrow(() -> new IllegalArgumentException(text + " is no range of addresses"));
        }

        /** Reads an address, or one with the length of its prefix. */
        static Optional<Range> parse(String text) {
            String[] parts = text.split("/", -1);
            Optional<byte[]> address = Host.literal(parts[0]).map(InetAddress::getAddress);
            if (address.isEmpty() || parts.length > 2) {
                return Optional.empty();
            }
            int most = address.get().length * Byte.SIZE;
            if (parts.length == 1) {
                return Optional.of(new Range(address.get(), most));
            }
            if (!parts[1].matches("[0-9]{1,3}") || Integer.parseInt(parts[1]) > most) {
                return Optional.empty();
            }
            return Optional.of(new Range(address.get(), Integer.parseInt(parts[1])));
        }

        boolean contains(InetAddress other) {
            byte[] bytes = other.getAddress();
            if (bytes.length != address.length) {
                return false;
            }
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> (bit % Byte.SIZE);
                if ((bytes[bit / Byte.SIZE] & mask) != (address[bit / Byte.SIZE] & mask)) {
                    return false;
                }
            }
            return true;
        }
    }
}
