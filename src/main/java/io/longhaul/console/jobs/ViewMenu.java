package io.longhaul.console.jobs;

import io.longhaul.console.Paths;
import io.longhaul.console.Visitor;
import io.longhaul.views.View;
import jakarta.ws.rs.core.UriBuilder;
import java.util.List;
import java.util.function.Function;

/**
 * The views that a visitor can choose from.
 *
 * @param entries the views by name; null if they were not read in time
 * @param query the query of the shown list, to be kept
 * @param commands the same by other means
 */
public record ViewMenu(List<Entry> entries, String query, Commands commands) {
    /**
     * A view.
     *
     * @param name its name
     * @param shared whether all see it
     * @param path address of its list
     * @param current whether it is shown
     * @param remove address of the action that removes it; null if the visitor may not
     */
    public record Entry(String name, boolean shared, String path, boolean current, String remove) {}

    static ViewMenu of(List<View> views, JobsQuery query, Visitor visitor, Function<String, Commands> commands) {
        String shown = query.withCursor(null);
        String kept = shown.contains("?") ? shown.substring(shown.indexOf('?') + 1) : "";
        return new ViewMenu(
                views == null
                        ? null
                        : views.stream().map(view -> entry(view, kept, visitor)).toList(),
                kept,
                commands.apply(kept));
    }

    private static Entry entry(View view, String shown, Visitor visitor) {
        return new Entry(
                view.name(),
                view.shared(),
                Paths.JOBS + (view.query().isEmpty() ? "" : "?" + view.query()),
                view.query().equals(shown),
                view.shared() && !visitor.mayOperate() ? null : remove(view));
    }

    private static String remove(View view) {
        return UriBuilder.fromPath(view.shared() ? Paths.VIEWS + "/shared" : Paths.VIEWS)
                .path("{name}/remove")
                .build(view.name())
                .toString();
    }

    /** The name of the shown view; null if the list is no view. */
    public String current() {
        return entries == null
                ? null
                : entries.stream()
                        .filter(Entry::current)
                        .map(Entry::name)
                        .findFirst()
                        .orElse(null);
    }
}
