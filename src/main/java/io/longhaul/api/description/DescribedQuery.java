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

/** The parameters that a record describes, and what is wrong with those that were sent. */
public final class DescribedQuery {
    private static final Map<Class<?>, DescribedQuery> KNOWN = new ConcurrentHashMap<>();

    private final Map<String, RecordComponent> components = new LinkedHashMap<>();

    private DescribedQuery(Class<?> described) {
        if (described.isRecord()) {
            for (RecordComponent component : described.getRecordComponents()) {
                components.put(SnakeCaseStrategy.INSTANCE.translate(component.getName()), component);
            }
        }
    }

    /** Anything but a record describes no parameters. */
    public static DescribedQuery of(Class<?> described) {
        return KNOWN.computeIfAbsent(described, DescribedQuery::new);
    }

    /** What would be passed over: parameters that there are not, that say nothing, or that say something twice. */
    List<FieldError> passedOver(Map<String, List<String>> sent) {
        List<FieldError> errors = new ArrayList<>();
        sent.forEach((name, values) -> {
            if (!components.containsKey(name)) {
                errors.add(error(name, Suggestion.sentence("parameter of this endpoint", name, components.keySet())));
            } else if (values.stream().anyMatch(String::isEmpty)) {
                errors.add(error(name, "has no value: give it one, or leave it out"));
            } else if (values.size() > 1 && !mayRepeat(components.get(name))) {
                errors.add(error(name, "is there " + values.size() + " times: send it once"));
            }
        });
        return errors;
    }

    /** The same with values that are none of those that there are, where nobody looks at them later. */
    public List<FieldError> wrong(Map<String, List<String>> sent) {
        List<FieldError> errors = passedOver(sent);
        if (errors.isEmpty()) {
            sent.forEach((name, values) -> {
                List<String> possible = possible(components.get(name));
                if (!possible.isEmpty() && !possible.containsAll(values)) {
                    errors.add(error(name, "must be " + String.join(" or ", possible)));
                }
            });
        }
        return errors;
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
