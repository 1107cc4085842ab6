package io.longhaul.auth.signin;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;

/** Names and values in the form of queries and forms. */
final class Query {
    private Query() {}

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    static String of(Map<String, String> values) {
        return values.entrySet().stream()
                .map(entry -> encoded(entry.getKey()) + "=" + encoded(entry.getValue()))
                .collect(Collectors.joining("&"));
    }

    /** Adds values to an address that may have some. */
    static URI with(URI address, Map<String, String> values) {
        return URI.create(address + (address.getRawQuery() == null ? "?" : "&") + of(values));
    }
}
