package io.longhaul.api.description;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import io.longhaul.api.http.Problem.FieldError;
import io.longhaul.api.http.Suggestion;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The query parameters that a record describes, and the check of those that were sent. */
public final class DescribedQuery {
    private static final Map<Source, DescribedQuery> KNOWN = new ConcurrentHashMap<>();

    private record Source(Class<?> described, String without) {}

    private final Map<String, RecordComponent> components = new LinkedHashMap<>();

    private DescribedQuery(Source source) {
        if (source.described().isRecord()) {
            for (RecordComponent component : source.described().getRecordComponents()) {
                components.put(SnakeCaseStrategy.INSTANCE.translate(component.getName()), component);
            }
        }
        components.remove(source.without());
    }

    /** Anything but a record describes no parameters. */
    public static DescribedQuery of(Class<?> described) {
        return of(described, "");
    }

    static DescribedQuery of(Class<?> described, String without) {
        return KNOWN.computeIfAbsent(new Source(described, without), DescribedQuery::new);
    }

    /** Finds parameters that would be ignored: unknown, empty and repeated ones. */
    List<FieldError> ignored(Map<String, List<String>> sent) {
        List<FieldError> errors = new ArrayList<>();
        sent.forEach((name, values) -> {
            RecordComponent component = component(name);
            if (component == null) {
                errors.add(error(name, Suggestion.sentence("parameter of this endpoint", name, components.keySet())));
            } else if (values.stream().anyMatch(String::isEmpty)) {
                errors.add(error(name, "has no value: give it one, or leave it out"));
            } else if (values.size() > 1 && !mayRepeat(component)) {
                errors.add(repeated(name, values.size()));
            }
        });
        return errors;
    }

    /** Finds these and values that are not allowed, for parameters that nothing checks later. */
    public List<FieldError> wrong(Map<String, List<String>> sent) {
        List<FieldError> errors = ignored(sent);
        if (errors.isEmpty()) {
            sent.forEach((name, values) -> {
                List<String> possible = possible(component(name));
                if (!possible.isEmpty() && !possible.containsAll(values)) {
                    errors.add(error(name, "must be " + String.join(" or ", possible)));
                }
            });
        }
        return errors;
    }

    /** The description of a parameter, or of the one that it is a member of; null if there is none. */
    private RecordComponent component(String name) {
        RecordComponent whole = components.get(name.replaceFirst("\\..*", ""));
        boolean isMember = whole != null
                && whole.isAnnotationPresent(Shape.class)
                && whole.getAnnotation(Shape.class).members();
        return isMember ? whole : components.get(name);
    }

    static FieldError repeated(String name, int times) {
        return error(name, "is there " + times + " times: send it once");
    }

    private static FieldError error(String name, String message) {
        return new FieldError("/" + name.replace("~", "~0").replace("/", "~1"), message);
    }

    private static boolean mayRepeat(RecordComponent component) {
        Shape shape = component.getAnnotation(Shape.class);
        return shape != null && shape.commas();
    }

    private static List<String> possible(RecordComponent component) {
        Shape shape = component.getAnnotation(Shape.class);
        if (component.getType() == boolean.class) {
            return List.of("true", "false");
        }
        return shape == null ? List.of() : List.of(shape.values());
    }
}
