package io.longhaul.outbound;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads the host of a URL in one way for all code that decides about it or connects to it. Forms of addresses that
 * systems read differently are refused: 0177.0.0.1 is 127.0.0.1 to one and 177.0.0.1 to another. Never asks a name
 * server.
 */
public final class Host {
    private static final String BYTE = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";

    private static final Pattern IPV4 = Pattern.compile(BYTE + "(\\." + BYTE + "){3}");

    /** Never matches a name, so that nothing is resolved. */
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:][0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

    /** No top-level domain is a number, so systems read 2130706433, 127.1, 127.0x1 and 127.0.0.1. as addresses. */
    private static final Pattern NUMBERS = Pattern.compile("(.*\\.)?([0-9]+|0[xX][0-9A-Fa-f]*)\\.?");

    private static final int LARGEST_PORT = 65_535;

    private static final Pattern USER = Pattern.compile("(?s)^([A-Za-z]+://)?.*@");

    private Host() {}

    /**
     * A URL for people: without the user and the password that it may name.
     *
     * @param url any text
     * @return the text with {@code ***} in place of everything before its last {@code @}, but for the scheme
     */
    public static String shown(String url) {
        return USER.matcher(url).replaceFirst("$1***@");
    }

    /**
     * Checks how a URL names its host and port.
     *
     * @return the cure, as the end of a sentence that begins with the setting's name; empty if the URL is valid
     */
    public static Optional<String> problem(URI url) {
        if (url.getHost() == null) {
            return problem(bareAuthority(url))
                    .or(
                            () -> Optional.of(
                                    "must name a host by letters, digits, hyphens and points (other alphabets in their form that"
                                            + " begins with xn--), or by an address: 4 numbers with points, or IPv6 in brackets"));
        }
        if (url.getPort() == 0 || url.getPort() > LARGEST_PORT) {
            return Optional.of("must have a port from 1 to " + LARGEST_PORT);
        }
        return problem(url.getHost());
    }

    // Other systems may find a host where Java finds none.
    private static String bareAuthority(URI url) {
        return String.valueOf(url.getRawAuthority()).replaceAll("^.*@|:[0-9]*$", "");
    }

    /**
     * Checks a host.
     *
     * @param host in the form of {@link URI#getHost()}
     * @return as {@link #problem(URI)}
     */
    public static Optional<String> problem(String host) {
        if (host.contains(":")) {
            return problemOfIpv6(bare(host));
        }
        return NUMBERS.matcher(host).matches() && !IPV4.matcher(host).matches()
                ? Optional.of(
                        "must name its host, or write its address as usual, for systems read other forms in different"
                                + " ways: 4 numbers with points, each from 0 to 255 without zeros before it, or IPv6 in brackets")
                : Optional.empty();
    }

    private static Optional<String> problemOfIpv6(String address) {
        if (address.contains("%")) {
            return Optional.of("must have no zone (%) in its IPv6 address: what it means is known to one machine only");
        }
        Optional<byte[]> bytes = ipv6(address);
        if (bytes.isEmpty()) {
            return Optional.of("must have an IPv6 address in its brackets");
        }
        return wrapsIpv4(bytes.get())
                ? Optional.of(
                        "must write its IPv4 address as such, 4 numbers with points, and not within an IPv6 address")
                : Optional.empty();
    }

    /** {@code ::ffff:127.0.0.1} and the older {@code ::127.0.0.1}, which only some systems turn into IPv4. */
    private static boolean wrapsIpv4(byte[] address) {
        if (address.length == 4) {
            return true;
        }
        for (int i = 0; i < 12; i++) {
            if (address[i] != 0) {
                return false;
            }
        }
        // All zeros, or only the last bit set, are addresses of IPv6 itself.
        return address[12] != 0 || address[13] != 0 || address[14] != 0 || (address[15] & 0xFE) != 0;
    }

    /**
     * Reads an address in its usual form.
     *
     * @param host with or without brackets
     * @return empty for names and for all other forms
     */
    public static Optional<InetAddress> literal(String host) {
        String bare = host.replaceAll("^\\[|\\]$", "");
        if (IPV4.matcher(bare).matches()) {
            String[] parts = bare.split("\\.", -1);
            byte[] bytes = new byte[4];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) Integer.parseInt(parts[i]);
            }
            return Optional.of(address(bytes));
        }
        return ipv6(bare).map(Host::address);
    }

    private static Optional<byte[]> ipv6(String text) {
        if (!IPV6.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByName(text).getAddress());
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("An address has 4 or 16 bytes", e);
        }
    }

    /**
     * The form in which hosts are compared: in lower case, without the brackets of IPv6 and without the point that a
     * full name may end with.
     */
    public static String bare(String host) {
        return host.replaceAll("^\\[|\\]$|\\.$", "").toLowerCase(Locale.ROOT);
    }
}
