package io.longhaul.console;

import io.longhaul.api.description.AnyQuery;
import io.longhaul.api.description.PageQuery;
import io.longhaul.api.http.QueryParameters;
import io.longhaul.api.http.Suggestion;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.UriInfo;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;

/** Parameters of an address that its page does not have. The API refuses them; a page shows what it can, and says so. */
final class IgnoredQuery {
    private IgnoredQuery() {}

    /** One sentence for each. */
    static List<String> of(ResourceInfo endpoint, UriInfo uri) {
        Method method = endpoint.getResourceMethod();
        AnyQuery taken = method == null ? null : method.getAnnotation(AnyQuery.class);
        return taken == null
                ? List.of()
                : QueryParameters.sent(uri).keySet().stream()
                        .filter(name -> !PageQuery.takes(taken, name))
                        .map(name -> sentence(name, Arrays.asList(taken.value())))
                        .toList();
    }

    private static String sentence(String name, List<String> known) {
        String sentence = name + " " + Suggestion.sentence("parameter of this page", name, known);
        return sentence + (sentence.endsWith("?") ? "" : ".");
    }
}
