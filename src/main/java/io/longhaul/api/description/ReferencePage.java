package io.longhaul.api.description;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.api.http.Header;
import io.longhaul.api.http.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Shows the OpenAPI document as one HTML page without scripts: chapters, endpoints, and the schemas at the end. */
final class ReferencePage {
    private static final Pattern CODE = Pattern.compile("`([^`]*)`");
    private static final String REF = "#/components/";

    private static final String STYLE = """
            :root{color-scheme:light dark;--line:#8884;--soft:#8881;--link:light-dark(#0b57d0,#8ab4f8)}
            *{box-sizing:border-box}body{margin:0;font:16px/1.5 system-ui,sans-serif;display:grid;grid-template-columns:17rem 1fr}
            nav{position:sticky;top:0;height:100vh;overflow:auto;padding:1rem;border-right:1px solid var(--line);font-size:.85rem}
            nav ul{list-style:none;margin:0 0 .8rem;padding:0}nav li{padding:.1rem 0}main{padding:1rem 2rem 4rem;max-width:60rem;min-width:0}
            a{color:var(--link)}h2{margin-top:3rem;border-bottom:1px solid var(--line)}h3{margin-top:2.5rem}
            code,pre{font:.85em ui-monospace,monospace;background:var(--soft);padding:.1em .3em;border-radius:3px;overflow-wrap:anywhere}
            pre{padding:.8rem;overflow:auto}table{border-collapse:collapse;width:100%;font-size:.9rem;margin:.5rem 0}
            td,th{text-align:left;vertical-align:top;padding:.35rem .6rem .35rem 0;border-bottom:1px solid var(--line)}
            th{font-weight:600}.verb{display:inline-block;min-width:3.6em;font-weight:700}details{margin:.4rem 0}summary{cursor:pointer}
            @media(max-width:50rem){body{display:block}nav{position:static;height:auto;border:0}main{padding:1rem}}
            """;

    private final JsonNode document;
    private final StringBuilder html = new StringBuilder(1 << 18);

    private ReferencePage(JsonNode document) {
        this.document = document;
    }

    static String of(JsonNode document) {
        ReferencePage page = new ReferencePage(document);
        page.write();
        return page.html.toString();
    }

    private record Endpoint(String path, String verb, JsonNode operation) {
        String id() {
            return operation.path("operationId").asText();
        }

        String summary() {
            return operation.path("summary").asText();
        }
    }

    private void write() {
        JsonNode info = document.path("info");
        String title = info.path("title").asText();
        html.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
        add("<meta name=\"viewport\" content=\"width=device-width\"><title>%s API</title><style>\n", title);
        html.append(STYLE).append("</style></head><body>\n<nav aria-label=\"Endpoints\">");
        document.path("tags").forEach(this::contents);
        add("<a href=\"#shapes\">Shapes</a></nav>\n<main><h1>%s API</h1>", title);
        paragraphs(info.path("description").asText());
        html.append(
                "<p>As <a href=\"openapi.json\">JSON</a> or <a href=\"openapi.yaml\">YAML</a> (OpenAPI 3.1).</p>\n");
        document.path("tags").forEach(this::chapter);
        html.append("<h2 id=\"shapes\">Shapes</h2>\n");
        document.at("/components/schemas").properties().forEach(this::shape);
        html.append("</main></body></html>\n");
    }

    private List<Endpoint> endpoints(String tag) {
        List<Endpoint> found = new ArrayList<>();
        document.path("paths")
                .properties()
                .forEach(path -> path.getValue().properties().stream()
                        .filter(verb -> verb.getValue().at("/tags/0").asText().equals(tag))
                        .map(verb ->
                                new Endpoint(path.getKey(), verb.getKey().toUpperCase(Locale.ROOT), verb.getValue()))
                        .forEach(found::add));
        return found;
    }

    private void contents(JsonNode tag) {
        add("<strong>%s</strong><ul>", tag.path("name").asText());
        for (Endpoint endpoint : endpoints(tag.path("name").asText())) {
            add("<li><a href=\"#%s\">%s</a></li>", endpoint.id(), endpoint.summary());
        }
        html.append("</ul>\n");
    }

    private void chapter(JsonNode tag) {
        add("<h2>%s</h2>", tag.path("name").asText());
        paragraphs(tag.path("description").asText());
        endpoints(tag.path("name").asText()).forEach(this::endpoint);
    }

    private void endpoint(Endpoint endpoint) {
        JsonNode operation = endpoint.operation();
        add("<h3 id=\"%s\">%s</h3>", endpoint.id(), endpoint.summary());
        add("<p><code><span class=\"verb\">%s</span> %s</code></p>\n", endpoint.verb(), endpoint.path());
        paragraphs(operation.path("description").asText());
        if (operation.has("parameters")) {
            parameters(operation.path("parameters"));
        }
        body(operation.path("requestBody"));
        html.append("<table><tr><th>Answer<th>When<th>Body</tr>\n");
        operation
                .path("responses")
                .properties()
                .forEach(response -> answer(response.getKey(), resolved(response.getValue())));
        html.append("</table>\n");
        examples(operation);
    }

    private void parameters(JsonNode parameters) {
        html.append("<table aria-label=\"Parameters\"><tr><th>Parameter<th>Is<th>Means</tr>\n");
        for (JsonNode parameter : parameters) {
            row(
                    parameter.path("name").asText(),
                    parameter.path("in").asText() + ", " + type(parameter.path("schema"))
                            + (parameter.path("required").asBoolean() ? ", required" : ""),
                    parameter.path("description").asText());
        }
        html.append("</table>\n");
    }

    private void body(JsonNode body) {
        if (body.isMissingNode()) {
            return;
        }
        String types = body.path("content").properties().stream()
                .map(content -> "<code>" + escaped(content.getKey()) + "</code>: "
                        + type(content.getValue().path("schema")))
                .collect(Collectors.joining("; "));
        String optional = body.path("required").asBoolean() ? "" : " (may be left out)";
        html.append("<p>Body" + optional + ": " + types + "</p>\n");
    }

    private void answer(String status, JsonNode response) {
        String bodies = response.path("content").properties().stream()
                .map(content -> status.compareTo("400") >= 0 && content.getKey().equals(Problem.MEDIA_TYPE)
                        ? type(content.getValue().at("/schema/allOf/0"))
                        : type(content.getValue().path("schema")))
                .distinct()
                .collect(Collectors.joining(", "));
        add("<tr><td>%s<td>", status);
        html.append(marked(response.path("description").asText()).replace("\n\n", "<br>"));
        List<String> names = response.path("headers").properties().stream()
                .map(Map.Entry::getKey)
                .filter(name -> !name.equals(Header.TRACEPARENT.text()))
                .toList();
        if (!names.isEmpty()) {
            add("<br><small>Headers: %s</small>", String.join(", ", names));
        }
        html.append("<td>" + bodies + "</tr>\n");
    }

    private void examples(JsonNode operation) {
        examples("Example of a request", operation.path("requestBody"));
        operation
                .path("responses")
                .properties()
                .forEach(response -> examples("Example of an answer with " + response.getKey(), response.getValue()));
    }

    private void examples(String caption, JsonNode message) {
        message.path("content").properties().forEach(content -> {
            boolean json = content.getKey().equals("application/json");
            example(
                    json ? caption : caption + " as " + content.getKey(),
                    content.getValue().path("example"));
        });
    }

    private void example(String caption, JsonNode example) {
        if (!example.isMissingNode()) {
            String text = example.isTextual() ? example.asText() : example.toPrettyString();
            add("<details><summary>%s</summary><pre>%s</pre></details>\n", caption, text);
        }
    }

    private void shape(Map.Entry<String, JsonNode> named) {
        JsonNode schema = named.getValue();
        List<String> required = StreamSupport.stream(schema.path("required").spliterator(), false)
                .map(JsonNode::asText)
                .toList();
        add("<h3 id=\"shape-%s\">%s</h3>", named.getKey(), named.getKey());
        paragraphs(schema.path("description").asText());
        html.append("<table><tr><th>Member<th>Is<th>Means</tr>\n");
        schema.path("properties")
                .properties()
                .forEach(member -> row(
                        member.getKey(),
                        type(member.getValue()) + (required.contains(member.getKey()) ? "" : ", optional"),
                        member.getValue().path("description").asText()));
        html.append("</table>\n");
    }

    private void row(String name, String type, String description) {
        add("<tr><td><code>%s</code><td>", name);
        html.append(type + "<td>" + marked(description) + "</tr>\n");
    }

    /** Describes a schema as HTML. */
    private String type(JsonNode schema) {
        if (schema.has("$ref")) {
            String name = schema.get("$ref").asText().replaceFirst(".*/", "");
            return "<a href=\"#shape-" + escaped(name) + "\">" + escaped(name) + "</a>";
        }
        if (schema.has("anyOf")) {
            return join(schema.get("anyOf"));
        }
        if (schema.has("contentSchema")) {
            return "text of " + type(schema.get("contentSchema"));
        }
        if (schema.has("enum")) {
            return StreamSupport.stream(schema.get("enum").spliterator(), false)
                    .map(value -> "<code>" + escaped(value.asText()) + "</code>")
                    .collect(Collectors.joining(" | "));
        }
        JsonNode type = schema.path("type");
        if (schema.has("items")) {
            return "list of " + type(schema.get("items")) + (type.isArray() ? " | null" : "");
        }
        if (type.isMissingNode()) {
            return "any JSON";
        }
        String words = type.isArray()
                ? StreamSupport.stream(type.spliterator(), false)
                        .map(JsonNode::asText)
                        .collect(Collectors.joining(" | "))
                : type.asText();
        return escaped(words) + limits(schema);
    }

    private String join(JsonNode choices) {
        return StreamSupport.stream(choices.spliterator(), false)
                .map(this::type)
                .collect(Collectors.joining(" | "));
    }

    private static String limits(JsonNode schema) {
        String format = schema.path("format").asText();
        StringBuilder limits = new StringBuilder();
        if (format.equals("uuid") || format.equals("date-time")) {
            limits.append(" (").append(format).append(')');
        }
        for (String kind : List.of("imum", "Length", "Items")) {
            if (schema.has("min" + kind) || schema.has("max" + kind)) {
                String least = schema.path("min" + kind).asText();
                limits.append(", " + least + ".." + schema.path("max" + kind).asText());
            }
        }
        if (schema.has("default")) {
            JsonNode usual = schema.get("default");
            limits.append(", usually " + escaped(usual.asText(usual.toString())));
        }
        return limits.toString();
    }

    private JsonNode resolved(JsonNode node) {
        String ref = node.path("$ref").asText();
        return ref.startsWith(REF) ? document.at(ref.substring(1)) : node;
    }

    private void paragraphs(String text) {
        if (!text.isEmpty()) {
            html.append("<p>").append(marked(text).replace("\n\n", "</p><p>")).append("</p>\n");
        }
    }

    /** Fills texts, which are escaped, into a template of HTML. */
    private void add(String template, String... texts) {
        Object[] escaped = Stream.of(texts).map(ReferencePage::escaped).toArray();
        html.append(template.formatted(escaped));
    }

    private static String marked(String text) {
        return CODE.matcher(escaped(text)).replaceAll("<code>$1</code>");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
