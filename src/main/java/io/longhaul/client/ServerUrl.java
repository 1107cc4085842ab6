package io.longhaul.client;

import java.net.URI;

/** Checks addresses of servers and keys before they are used; no message quotes what may be secret. */
public final class ServerUrl {
    private static final String LIKE = "write one such as http://127.0.0.1:8080";
    private static final int LAST_PORT = 65_535;

    private ServerUrl() {}

    /**
     * The address without slashes at its end.
     *
     * @param url {@code http://host:port} or {@code https://host/path}
     * @return the address
     * @throws IllegalArgumentException what is wrong and what cures it
     */
    public static String checked(String url) {
        String text = url.strip();
        if (text.isEmpty()) {
            throw new IllegalArgumentException("the URL of the server is empty: " + LIKE);
        }
        if (text.contains("@")) {
            throw new IllegalArgumentException(
                    "the URL of the server ends in \"" + text.substring(text.lastIndexOf('@'))
                            + "\": leave out the user and the password before the host, because a server takes only an API key"
                            + " or token, which is given apart from the URL");
        }
        if (!text.matches("https?://[^/?#\\s]+(/[^?#\\s]*)?")) {
            throw new IllegalArgumentException("\"" + url + "\" is not the URL of a server: " + LIKE);
        }
        return located(text).toString().replaceAll("/+$", "");
    }

    private static URI located(String text) {
        URI uri;
        try {
            uri = URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not the URL of a server: encode special characters", e);
        }
        if (uri.getHost() == null) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not the URL of a server, its host or port is none: " + LIKE);
        }
        if (uri.getPort() == 0 || uri.getPort() > LAST_PORT) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not the URL of a server: ports go from 1 to " + LAST_PORT);
        }
        return uri;
    }

    /**
     * Says whether a text can be an API key or token: it is sent in a header.
     *
     * @param keyOrToken the text, without spaces around it
     * @return false if it has a character that no key has
     */
    public static boolean canBeKey(String keyOrToken) {
        return keyOrToken.matches("[!-~]+");
    }
}
