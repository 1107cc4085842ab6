package io.longhaul.tools.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.outbound.Host;
import io.longhaul.tools.CallFailure;
import io.longhaul.tools.settings.ParamPath;
import io.longhaul.tools.settings.Template;
import io.longhaul.tools.settings.ToolConfigurationException;
import io.longhaul.tools.spi.FailureKind;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The URL of a request. The configuration alone decides to which server it goes: params can only be in the path and the
 * query, encoded so that they stay within their place.
 */
record UrlTemplate(String setting, Template template, String server, boolean whole) {
    private static final Pattern SERVER = Pattern.compile("(https?://[^/?#@\\s]+)(?:[/?][^#]*)?");

    private static final String UNRESERVED = "-._~";
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    /** Reads an absolute URL. */
    static UrlTemplate parse(String setting, String url) {
        if (url == null || url.isBlank()) {
            throw new ToolConfigurationException(
                    "no %s: add one, such as %s: https://example.org/genes/{id}".formatted(setting, setting));
        }
        Template template = Template.parse(setting, url);
        Matcher matcher = SERVER.matcher(literalStart(template));
        boolean complete = matcher.matches()
                && (template.paths().findAny().isEmpty()
                        || literalStart(template).length() > matcher.end(1));
        if (!complete) {
            throw new ToolConfigurationException(
                    ("%s is %s: begin with http:// or https:// and the server's name, without"
                                    + " params, user or password there (see auth) and without #")
                            .formatted(setting, Host.shown(url)));
        }
        UrlTemplate parsed = new UrlTemplate(setting, template, matcher.group(1), false);
        parsed.checkForm();
        return parsed;
    }

    /**
     * Reads a URL of the same server: absolute, a path beginning with a slash, or one placeholder for a URL that the
     * server gave.
     */
    static UrlTemplate parse(String setting, String url, UrlTemplate base) {
        if (url == null || url.startsWith("http") || url.isBlank()) {
            return parse(setting, url);
        }
        if (url.startsWith("/")) {
            return parse(setting, base.server + url);
        }
        Template template = Template.parse(setting, url);
        if (!template.isPlaceholder()) {
            throw new ToolConfigurationException(
                    "%s is %s: write a URL, a path beginning with /, or one placeholder such as {headers.location}"
                            .formatted(setting, Host.shown(url)));
        }
        return new UrlTemplate(setting, template, base.server, true);
    }

    private static String literalStart(Template template) {
        return template.parts().get(0) instanceof Template.Part.Literal literal ? literal.text() : "";
    }

    private void checkForm() {
        StringBuilder sample = new StringBuilder();
        template.parts()
                .forEach(part -> sample.append(part instanceof Template.Part.Literal literal ? literal.text() : "x"));
        try {
            Host.problem(URI.create(sample.toString())).ifPresent(problem -> {
                throw new ToolConfigurationException(
                        "%s is %s: it %s".formatted(setting, Host.shown(template.source()), problem));
            });
        } catch (IllegalArgumentException e) {
            throw new ToolConfigurationException(
                    "%s is no URL (%s): encode special characters".formatted(setting, Host.shown(e.getMessage())), e);
        }
    }

    Stream<ParamPath> paths() {
        return template.paths();
    }

    /**
     * The URL of one call, without a fragment.
     *
     * @param first the URL of the call's first request, or null if this is the first
     * @throws CallFailure if a value is missing or would change the path
     */
    URI fill(PlaceholderValues values, URI first) throws CallFailure {
        return whole ? given(values, first) : References.resolve(URI.create(filled(values)), "");
    }

    /** Follows a URL that a server gave only to that server: requests carry credentials. */
    private URI given(PlaceholderValues values, URI first) throws CallFailure {
        String text = value(template.paths().findFirst().orElseThrow(), values);
        try {
            URI uri = References.resolve(first, text);
            if (isSameServer(uri, first)) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // Refused below.
        }
        throw new CallFailure(
                FailureKind.TOOL_ERROR,
                "The server gave '%s' for %s, which is no URL of its own.".formatted(text, template.source()));
    }

    private String filled(PlaceholderValues values) throws CallFailure {
        StringBuilder url = new StringBuilder();
        for (Template.Part part : template.parts()) {
            if (part instanceof Template.Part.Placeholder placeholder) {
                url.append(inPlace(placeholder.path(), values, url.indexOf("?") < 0));
            } else {
                url.append(((Template.Part.Literal) part).text());
            }
        }
        String filled = url.toString();
        if (template.paths().findAny().isPresent()) {
            checkSegments(filled);
        }
        return filled;
    }

    private String inPlace(ParamPath path, PlaceholderValues values, boolean inPath) throws CallFailure {
        String value = value(path, values);
        if (value.isEmpty() && inPath) {
            throw failure("{" + path + "} is empty, which would make another path");
        }
        return encoded(value);
    }

    private String value(ParamPath path, PlaceholderValues values) throws CallFailure {
        JsonNode value = path.in(values.tree());
        if (Template.isAbsent(value)) {
            throw failure("{" + path + "} is missing");
        }
        return Template.text(value);
    }

    private void checkSegments(String url) throws CallFailure {
        String path = URI.create(url).getRawPath();
        for (String segment : path.split("/", -1)) {
            if (segment.equals(".") || segment.equals("..")) {
                throw failure("a param is '" + segment + "', which would make another path");
            }
        }
    }

    private CallFailure failure(String what) {
        return new CallFailure(
                FailureKind.INVALID_PARAMS, "The tool's %s cannot be filled: %s.".formatted(setting, what));
    }

    /** Compares scheme, host and port, as browsers do. */
    static boolean isSameServer(URI one, URI other) {
        return server(one).equals(server(other));
    }

    private static String server(URI uri) {
        int usual = "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
        int port = uri.getPort() < 0 ? usual : uri.getPort();
        return (uri.getScheme() + "://" + uri.getHost() + ":" + port).toLowerCase(Locale.ROOT);
    }

    /** Percent-encodes a value (RFC 3986); fit for a path segment, a query and a form alike. */
    static String encoded(String value) {
        StringBuilder encoded = new StringBuilder(value.length() + 16);
        for (byte octet : value.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (octet & 0xff);
            if ((c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || UNRESERVED.indexOf(c) >= 0) {
                encoded.append(c);
            } else {
                encoded.append('%').append(HEX.toHexDigits(octet));
            }
        }
        return encoded.toString();
    }
}
