package io.longhaul.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.mcp.protocol.LonghaulNames;
import io.longhaul.mcp.protocol.Methods;
import io.longhaul.mcp.protocol.Protocol;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.mcp.protocol.RpcMessage;
import io.longhaul.tools.params.NearestName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Names in a call that nobody reads and that are nearly one of those that are read. They are ignored, as unknown members of HTTP
 * requests are, and the answer warns of them: a mistyped idempotency key protects nothing.
 */
final class MistypedNames {
    private static final List<String> KEYS = List.of(LonghaulNames.IDEMPOTENCY_KEY, LonghaulNames.CALL);
    private static final Set<String> MEMBERS =
            Set.of("name", "arguments", "_meta", "task", "inputResponses", "requestState");
    private static final int MOST = 20;
    private static final int MOST_COMPARED = 1_000;
    private static final int LONGEST = 100;

    private MistypedNames() {}

    /** The answer to a call, with its warnings. */
    static ObjectNode warned(List<String> warnings, ObjectNode result) {
        if (!warnings.isEmpty()) {
            ArrayNode told = Rpc.meta(result).putArray(LonghaulNames.WARNINGS);
            warnings.forEach(told::add);
        }
        return result;
    }

    /** A warning for each such name of a call; none for other requests. */
    static List<String> of(RpcMessage message) {
        if (message == null || !Methods.TOOLS_CALL.equals(message.method())) {
            return List.of();
        }
        List<String> warnings = new ArrayList<>();
        names(message.params()).forEach(name -> {
            if (!MEMBERS.contains(name)) {
                NearestName.of(name, MEMBERS)
                        .or(() -> key(name).map(key -> key + " in _meta"))
                        .ifPresent(meant -> warnings.add(warning("/", name, meant)));
            }
        });
        names(message.meta()).forEach(name -> {
            if (!KEYS.contains(name) && !name.startsWith(Protocol.RESERVED)) {
                key(name).ifPresent(meant -> warnings.add(warning("/_meta/", name, meant)));
            }
        });
        return warnings.stream().limit(MOST).toList();
    }

    /** The first names: each is compared with all that are known, and a message may have many thousands. */
    private static Stream<String> names(JsonNode object) {
        return object.properties().stream().map(Map.Entry::getKey).limit(MOST_COMPARED);
    }

    /** The key of {@code _meta} that is nearly, or without its prefix, of this name. */
    private static Optional<String> key(String name) {
        return KEYS.stream()
                .filter(key -> NearestName.of(last(name), List.of(last(key))).isPresent())
                .findFirst();
    }

    private static String last(String name) {
        return name.substring(name.lastIndexOf('/') + 1);
    }

    private static String warning(String at, String name, String meant) {
        String shown = name.length() > LONGEST ? name.substring(0, LONGEST) + "..." : name;
        return at + shown.replace("~", "~0").replace("/", "~1") + " is no member of this request: did you mean " + meant
                + "?";
    }
}
