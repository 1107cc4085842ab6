package io.longhaul.console.jobs;

import com.fasterxml.jackson.databind.node.TextNode;
import io.longhaul.auth.Principal;
import io.longhaul.environment.Program;
import jakarta.servlet.http.HttpServletRequest;
import java.util.function.UnaryOperator;

/**
 * The same by other doors: over HTTP, with the command line, and as a client of the Model Context Protocol. A door that
 * has no such thing says so.
 *
 * @param what it does; empty for what the page shows
 * @param curl the request, for the address of the server
 * @param shell the command, for the address of the server; null where there is none
 * @param mcp method and params of a request; null where there is none
 * @param mcpSays what a client of that protocol has to know, or null
 */
public record Way(String what, UnaryOperator<String> curl, UnaryOperator<String> shell, String mcp, String mcpSays) {
    /** The option of curl that sends the key, with the blank behind it. */
    public static final String WITH_KEY = "-H \"Authorization: Bearer $LONGHAUL_API_KEY\" ";

    /** A read of what the page shows. */
    public static Way get(HttpServletRequest request, String path) {
        return new Way("", at -> curl(request, at, "", path), null, null, null);
    }

    /** A change, without a body. */
    public static Way send(HttpServletRequest request, String method, String path) {
        return new Way("", at -> curl(request, at, "-X " + method + " ", path), null, null, null);
    }

    /** A change by a JSON body. */
    public static Way send(HttpServletRequest request, String method, String path, String body) {
        String options = (method.equals("POST") ? "" : "-X " + method + " ") + "-H 'Content-Type: application/json' ";
        return new Way("", at -> curl(request, at, options, path) + " -d " + Program.quoted(body), null, null, null);
    }

    private static String curl(HttpServletRequest request, String address, String options, String path) {
        boolean asksForKey = !Principal.of(request).equals(Principal.ANYBODY);
        return "curl -s " + options + (asksForKey ? WITH_KEY : "") + Program.quoted(address + path);
    }

    /** With the name of the action, such as {@code Cancel}. */
    public Way called(String name) {
        return new Way(name, curl, shell, mcp, mcpSays);
    }

    /** With a command that asks a server. */
    public Way shell(CharSequence command) {
        return new Way(what, curl, at -> Program.command(command + " --url " + Program.quoted(at)), mcp, mcpSays);
    }

    /** With a whole command line that reads the configuration, and asks no server. */
    public Way shellOnTheServer(String line) {
        return new Way(what, curl, at -> line, mcp, mcpSays);
    }

    /** With a request of the Model Context Protocol. */
    public Way mcp(String method, String params) {
        return new Way(what, curl, shell, method + " " + params, mcpSays);
    }

    /** With a resource of the Model Context Protocol. */
    public Way mcpResource(String uri) {
        return mcp("resources/read", "{\"uri\": " + TextNode.valueOf(uri) + "}");
    }

    /** With a sentence about the Model Context Protocol. */
    public Way mcpSays(String sentence) {
        return new Way(what, curl, shell, mcp, sentence);
    }

    /** What the page says of the Model Context Protocol beside the request, or instead of one. */
    public String mcpNote() {
        return mcpSays == null && mcp == null ? "MCP has no such thing." : mcpSays;
    }
}
