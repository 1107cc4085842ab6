package io.longhaul.console;

import io.longhaul.api.http.BoundedBody;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.JsonBodies;
import io.longhaul.api.http.RefusedException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The fields of a form that was sent. */
public final class FormData {
    /** Percent-encoding makes a text at most three times as long. */
    private static final int SHARE = 3;

    /** Far more than any form has. Each field costs memory, however short it is. */
    private static final int MOST_FIELDS = 5_000;

    private final Map<String, List<String>> fields = new LinkedHashMap<>();

    private FormData() {}

    /**
     * Reads a form.
     *
     * @param mostBytes largest content that counts, before it was encoded
     */
    public static FormData read(InputStream body, HttpServletRequest request, int mostBytes) {
        FormData form = new FormData();
        try {
            byte[] bytes =
                    BoundedBody.of(body, (long) mostBytes * SHARE, request).readAllBytes();
            form.add(new String(bytes, StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new RefusedException(JsonBodies.unreadable(e));
        } catch (IllegalArgumentException e) {
            throw new RefusedException(ErrorCode.BAD_REQUEST, "The form is not correctly percent-encoded.");
        }
        return form;
    }

    private void add(String body) {
        // The last part of a split with a limit holds all the rest.
        String[] pairs = body.split("&", MOST_FIELDS + 1);
        if (pairs.length > MOST_FIELDS) {
            throw new RefusedException(
                    ErrorCode.BAD_REQUEST,
                    "The form has more than " + MOST_FIELDS + " fields. Send fewer, or use the API.");
        }
        for (String pair : pairs) {
            int at = pair.indexOf('=');
            String name = at < 0 ? pair : pair.substring(0, at);
            fields.computeIfAbsent(decoded(name), key -> new ArrayList<>())
                    .add(at < 0 ? "" : decoded(pair.substring(at + 1)));
        }
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    /** The value of a field with line ends as \n; empty if it was not sent. */
    public String text(String name) {
        return all(name).stream().findFirst().orElse("").replace("\r\n", "\n");
    }

    /** All values of a field. */
    public List<String> all(String name) {
        return fields.getOrDefault(name, List.of());
    }
}
