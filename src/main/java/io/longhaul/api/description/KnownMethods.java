package io.longhaul.api.description;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.auth.ProtectedResource;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The methods of each path according to the API's description, for the header {@code Allow}. */
public final class KnownMethods {
    private static final List<String> ORDER = List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

    private final Map<Pattern, String> paths = new LinkedHashMap<>();

    /** Made on first use, because few servers need it. */
    private static final class Packed {
        static final KnownMethods METHODS = new KnownMethods(DescriptionResource.tree());
    }

    private KnownMethods(JsonNode description) {
        // The description is of the API; this path is known as well.
        paths.put(pattern(ProtectedResource.RESOURCE), "GET, POST, DELETE");
        description.path("paths").properties().stream()
                // Paths without parameters first, because an exact match is the right one.
                .sorted(Comparator.comparing(path -> path.getKey().contains("{")))
                .forEach(path -> paths.put(
                        pattern(path.getKey()),
                        sorted(path.getValue().properties().stream()
                                .map(verb -> verb.getKey().toUpperCase(Locale.ROOT)))));
    }

    private static Pattern pattern(String template) {
        return Pattern.compile(Arrays.stream(template.split("\\{[^}]*}", -1))
                .map(Pattern::quote)
                .collect(Collectors.joining("[^/]+", "", "/?")));
    }

    /** A path that takes GET takes HEAD, too, and every path takes OPTIONS. */
    private static String sorted(Stream<String> methods) {
        TreeSet<String> all = new TreeSet<>(Comparator.comparingInt(ORDER::indexOf));
        methods.map(String::strip).filter(ORDER::contains).forEach(all::add);
        if (all.contains("GET")) {
            all.add("HEAD");
        }
        all.add("OPTIONS");
        return String.join(", ", all);
    }

    /** The methods of a path; empty if the path is unknown. */
    public static Optional<String> of(String path) {
        return Packed.METHODS.paths.entrySet().stream()
                .filter(known -> known.getKey().matcher(path).matches())
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /** Adds HEAD and OPTIONS to the methods that Jersey found for a path. */
    public static String completed(String allow) {
        return sorted(Arrays.stream(allow.split(",", -1)));
    }
}
