package io.longhaul.tools.http;

import java.net.URI;
import java.util.Locale;

/**
 * A server as browsers distinguish them.
 *
 * @param scheme http or https
 * @param host in lower case
 * @param port the scheme's default if the URL names none
 */
record Origin(String scheme, String host, int port) {
    static Origin of(URI uri) {
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
        int usual = scheme.equals("https") ? 443 : 80;
        return new Origin(scheme, host, uri.getPort() < 0 ? usual : uri.getPort());
    }
}
