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
            for (String pair : new String(bytes, StandardCharsets.US_ASCII).split("&", -1)) {
                int at = pair.indexOf('=');
                String name = at < 0 ? pair : pair.substring(0, at);
                form.fields
                        .computeIfAbsent(decoded(name), key -> new ArrayList<>())
                        .add(at < 0 ? "" : decoded(pair.substring(at + 1)));
            }
        } catch (IOException e) {
            throw new RefusedException(JsonBodies.unreadable(e));
        } catch (IllegalArgumentException e) {
            throw new RefusedException(ErrorCode.BAD_REQUEST, "The form is not correctly percent-encoded.");
        }
        return form;
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
