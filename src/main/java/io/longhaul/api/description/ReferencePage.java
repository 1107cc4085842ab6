package io.longhaul.api.description;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.api.http.Header;
import io.longhaul.api.http.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
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
    }

    private void write() {
        JsonNode info = document.path("info");
        String title = escaped(info.path("title").asText());
        html.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
                .append("<meta name=\"viewport\" content=\"width=device-width\"><title>")
                .append(title)
                .append(" API</title><style>\n")
                .append(STYLE)
                .append("</style></head><body>\n<nav aria-label=\"Endpoints\">");
        document.path("tags").forEach(this::contents);
        html.append("<a href=\"#shapes\">Shapes</a></nav>\n<main><h1>")
                .append(title)
                .append(" API</h1>");
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
                        .map(verb -> new Endpoint(
                                path.getKey(), verb.getKey().toUpperCase(java.util.Locale.ROOT), verb.getValue()))
                        .forEach(found::add));
        return found;
    }

    private void contents(JsonNode tag) {
        html.append("<strong>").append(escaped(tag.path("name").asText())).append("</strong><ul>");
        for (Endpoint endpoint : endpoints(tag.path("name").asText())) {
            html.append("<li><a href=\"#")
                    .append(escaped(endpoint.id()))
                    .append("\">")
                    .append(escaped(endpoint.operation().path("summary").asText()))
                    .append("</a></li>");
        }
        html.append("</ul>\n");
    }

    private void chapter(JsonNode tag) {
        html.append("<h2>").append(escaped(tag.path("name").asText())).append("</h2>");
        paragraphs(tag.path("description").asText());
        endpoints(tag.path("name").asText()).forEach(this::endpoint);
    }

    private void endpoint(Endpoint endpoint) {
        JsonNode operation = endpoint.operation();
        html.append("<h3 id=\"")
                .append(escaped(endpoint.id()))
                .append("\">")
                .append(escaped(operation.path("summary").asText()))
                .append("</h3><p><code><span class=\"verb\">")
                .append(endpoint.verb())
                .append("</span> ")
                .append(escaped(endpoint.path()))
                .append("</code></p>\n");
        paragraphs(operation.path("description").asText());
        if (operation.has("parameters")) {
            table("Parameters", "Parameter", operation.path("parameters"));
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

    private void table(String caption, String first, JsonNode parameters) {
        html.append("<table aria-label=\"")
                .append(caption)
                .append("\"><tr><th>")
                .append(first)
                .append("<th>Is<th>Means</tr>\n");
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
        html.append("<p>Body")
                .append(body.path("required").asBoolean() ? "" : " (may be left out)")
                .append(": ")
                .append(types)
                .append("</p>\n");
    }

    private void answer(String status, JsonNode response) {
        String bodies = response.path("content").properties().stream()
                .map(content -> status.compareTo("400") >= 0 && content.getKey().equals(Problem.MEDIA_TYPE)
                        ? type(content.getValue().at("/schema/allOf/0"))
                        : type(content.getValue().path("schema")))
                .distinct()
                .collect(Collectors.joining(", "));
        html.append("<tr><td>").append(escaped(status)).append("<td>");
        html.append(marked(response.path("description").asText()).replace("\n\n", "<br>"));
        List<String> names = response.path("headers").properties().stream()
                .map(Map.Entry::getKey)
                .filter(name -> !name.equals(Header.TRACEPARENT.text()))
                .toList();
        if (!names.isEmpty()) {
            html.append("<br><small>Headers: ")
                    .append(escaped(String.join(", ", names)))
                    .append("</small>");
        }
        html.append("<td>").append(bodies).append("</tr>\n");
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
            html.append("<details><summary>")
                    .append(escaped(caption))
                    .append("</summary><pre>")
                    .append(escaped(example.isTextual() ? example.asText() : example.toPrettyString()))
                    .append("</pre></details>\n");
        }
    }

    private void shape(Map.Entry<String, JsonNode> named) {
        JsonNode schema = named.getValue();
        List<String> required = StreamSupport.stream(schema.path("required").spliterator(), false)
                .map(JsonNode::asText)
                .toList();
        html.append("<h3 id=\"shape-")
                .append(escaped(named.getKey()))
                .append("\">")
                .append(escaped(named.getKey()))
                .append("</h3>");
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
        html.append("<tr><td><code>")
                .append(escaped(name))
                .append("</code><td>")
                .append(type)
                .append("<td>")
                .append(marked(description))
                .append("</tr>\n");
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
                limits.append(", ")
                        .append(schema.path("min" + kind).asText())
                        .append("..")
                        .append(schema.path("max" + kind).asText());
            }
        }
        if (schema.has("default")) {
            limits.append(", usually ")
                    .append(escaped(
                            schema.get("default").asText(schema.get("default").toString())));
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
