package io.longhaul.database;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The parts of a database address, written as hosting providers and tools of other languages do or as JDBC does. No
 * exception repeats the text, because a mistyped address may show the password anywhere.
 *
 * @param servers one or more {@code host:port}, separated by commas
 * @param database name, percent-encoded; empty for the user's own
 * @param parameters the driver's, {@code name=value} each, percent-encoded
 * @param user null if not given
 * @param password null if not given
 */
record DatabaseUrl(String servers, String database, List<String> parameters, String user, String password) {
    private static final List<String> SSL_MODES =
            List.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full");

    private static final Pattern SHAPE =
            Pattern.compile("(?i)(jdbc:postgresql|postgresql|postgres)://([^/?]*)(?:/([^?]*))?(?:\\?(.*))?");
    private static final Pattern SERVER = Pattern.compile("(?:\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._-]*)(?::([0-9]{1,5}))?");

    /** Names of libpq, and so of most tools, and the driver's names for the same settings. */
    private static final Map<String, String> DRIVER_NAMES = Map.of(
            "application_name", "ApplicationName",
            "channel_binding", "channelBinding",
            "connect_timeout", "connectTimeout",
            "gssencmode", "gssEncMode",
            "target_session_attrs", "targetServerType");

    private static final String ENCODE =
            "; special characters in user and password must be percent-encoded (/ is %2F, ? is %3F, # is %23, % is %25)";

    private static final Map<String, String> TARGETS = Map.ofEntries(
            Map.entry("read-write", "primary"),
            Map.entry("read-only", "secondary"),
            Map.entry("standby", "secondary"),
            Map.entry("prefer-standby", "preferSecondary"));

    /**
     * Reads an address.
     *
     * @param text {@code jdbc:postgresql://}, {@code postgresql://} or {@code postgres://} and the rest
     * @throws IllegalArgumentException with a text that can follow the name of the setting
     */
    static DatabaseUrl parse(String text) {
        Matcher shape = SHAPE.matcher(text.strip());
        if (!shape.matches()) {
            throw new IllegalArgumentException(unknownForm(text));
        }
        // A plus means a space only in the parameters of a JDBC address.
        boolean jdbc = shape.group(1).toLowerCase(Locale.ROOT).startsWith("jdbc");
        String authority = literalPlus(shape.group(2));
        String query = shape.group(4) == null ? "" : shape.group(4);
        int at = authority.lastIndexOf('@');
        DatabaseUrl bare = new DatabaseUrl(
                checkedServers(authority.substring(at + 1)), checkedDatabase(shape.group(3)), List.of(), null, null);
        return bare.withLogin(at < 0 ? "" : authority.substring(0, at))
                .withParameters(jdbc ? query : literalPlus(query));
    }

    /** The address for the driver; never with user or password. */
    String jdbcUrl() {
        return "jdbc:postgresql://" + servers + "/" + database
                + (parameters.isEmpty() ? "" : "?" + String.join("&", parameters));
    }

    boolean hasSeveralServers() {
        return servers.contains(",");
    }

    /** Each server with its port. */
    List<String> hostsAndPorts() {
        return Arrays.stream(servers.split(",", -1))
                .map(server -> server.isEmpty() ? "localhost" : server)
                .map(server -> server.matches(".*:\\d+") ? server : server + ":5432")
                .toList();
    }

    /** The same address without one parameter. */
    DatabaseUrl without(String parameter) {
        List<String> others =
                parameters.stream().filter(p -> !p.startsWith(parameter + "=")).toList();
        return new DatabaseUrl(servers, database, others, user, password);
    }

    private DatabaseUrl withLogin(String login) {
        if (login.isEmpty()) {
            return this;
        }
        String[] parts = login.split(":", 2);
        return new DatabaseUrl(
                servers, database, parameters, given(parts[0]), parts.length == 1 ? null : given(parts[1]));
    }

    private DatabaseUrl withParameters(String query) {
        DatabaseUrl result = this;
        for (String pair : query.split("&", -1)) {
            result = pair.isEmpty() ? result : result.withParameter(pair.split("=", 2));
        }
        return result;
    }

    private DatabaseUrl withParameter(String[] pair) {
        if (pair.length < 2) {
            throw new IllegalArgumentException("has a parameter without a value after the question mark" + ENCODE);
        }
        return switch (pair[0]) {
            case "user" -> new DatabaseUrl(servers, database, parameters, given(pair[1]), password);
            case "password" -> new DatabaseUrl(servers, database, parameters, user, given(pair[1]));
            case "host", "hostaddr", "port", "dbname" ->
                throw new IllegalArgumentException("has " + pair[0]
                        + " as a parameter; write it before the question mark" + " (unix sockets cannot be used)");
            case "sslmode" -> adding("sslmode", checkedMode(pair[1]));
            default -> adding(pair[0], pair[1]);
        };
    }

    /** The driver would say so only when it connects, and with the code of a server that is away. */
    private static String checkedMode(String mode) {
        if (!SSL_MODES.contains(decoded(mode).toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("has an sslmode that is none of " + String.join(", ", SSL_MODES));
        }
        return mode;
    }

    private DatabaseUrl adding(String name, String value) {
        List<String> all = new ArrayList<>(parameters);
        String target = name.equals("target_session_attrs") ? TARGETS.getOrDefault(value, value) : value;
        all.add(DRIVER_NAMES.getOrDefault(name, name) + "=" + target);
        decoded(value);
        return new DatabaseUrl(servers, database, List.copyOf(all), user, password);
    }

    private static String unknownForm(String text) {
        Matcher scheme = Pattern.compile("([a-z][a-z0-9+.:-]*)://.*").matcher(text.strip());
        String start = scheme.matches() ? "starts with " + scheme.group(1) + "://" : "is not an address";
        return (text.isBlank() ? "is empty" : start)
                + "; it takes embedded, jdbc:postgresql://host:5432/database,"
                + " or postgres://user:password@host:5432/database?sslmode=require";
    }

    private static String checkedServers(String servers) {
        for (String server : servers.split(",", -1)) {
            Matcher parts = SERVER.matcher(server);
            boolean valid = parts.matches() && (parts.group(1) == null || isPort(parts.group(1)));
            if (!valid) {
                throw new IllegalArgumentException("names a server that is not host or host:port" + ENCODE);
            }
        }
        return servers;
    }

    private static boolean isPort(String digits) {
        int port = Integer.parseInt(digits);
        return port > 0 && port < 65536;
    }

    private static String checkedDatabase(String name) {
        if (name == null) {
            return "";
        }
        if (name.contains("/") || name.contains("@") || name.contains("#")) {
            throw new IllegalArgumentException("has / or @ or # where the database name should be" + ENCODE);
        }
        decoded(name);
        return literalPlus(name);
    }

    private static String literalPlus(String text) {
        return text.replace("+", "%2B");
    }

    /** An unset variable leaves an empty user or password behind. */
    private static String given(String encoded) {
        return encoded.isEmpty() ? null : decoded(encoded);
    }

    private static String decoded(String encoded) {
        try {
            return URLDecoder.decode(encoded, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            // Without the cause: its message shows the text.
            throw new IllegalArgumentException("has a % without two hexadecimal digits after it" + ENCODE);
        }
    }

    @Override
    public String toString() {
        return "jdbc:postgresql://" + servers + "/" + database;
    }
}
