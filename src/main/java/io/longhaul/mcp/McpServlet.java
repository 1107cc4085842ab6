package io.longhaul.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.auth.ProtectedResource;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.auth.ratelimit.RequestRates;
import io.longhaul.mcp.protocol.Json;
import io.longhaul.mcp.protocol.Methods;
import io.longhaul.mcp.protocol.Protocol;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.mcp.protocol.RpcError;
import io.longhaul.mcp.protocol.RpcMessage;
import io.longhaul.streams.EventStreams;
import io.longhaul.traces.Trace;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.regex.Pattern;

/**
 * The endpoint {@code /mcp}. It finds the era of each request and passes it on. The filters of the HTTP API have already
 * authenticated the caller and checked host and origin.
 */
final class McpServlet extends HttpServlet {
    static final String PATH = ProtectedResource.RESOURCE;

    private static final long serialVersionUID = 1L;

    /** Bytes that are read and dropped of a body that is too large, so that its sender can read the answer. */
    private static final long SKIPPED_BYTES = 16 << 20;

    private static final Pattern JSON = Pattern.compile(
            "(?i)application/json(?:\\s*+;\\s*+(?:charset\\s*+=\\s*+\"?utf-?8\"?|(?!charset)[\\w.-]++=[^;]*+))*+\\s*+");

    private static final int ACCEPTED = 202;
    private static final int BAD_REQUEST = 400;
    private static final int NOT_ALLOWED = 405;
    private static final int TOO_LARGE = 413;
    private static final int WRONG_TYPE = 415;
    private static final int TOO_MANY = 429;

    private final transient ModernEra modern;
    private final transient LegacyEra legacy;
    private final transient Common common;

    /**
     * Parts that all requests use.
     *
     * @param streams streams of clients
     * @param errors translates failures
     * @param metrics counts requests
     * @param maxBodyBytes size limit of a message
     */
    record Common(EventStreams streams, ErrorTranslator errors, McpMetrics metrics, int maxBodyBytes) {}

    McpServlet(ModernEra modern, LegacyEra legacy, Common common) {
        this.modern = modern;
        this.legacy = legacy;
        this.common = common;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Exchange exchange = new Exchange(request, response, common.streams(), Caller.of(request));
        try {
            common.errors().requireSchema();
            switch (request.getMethod()) {
                case "POST" -> post(exchange);
                case "GET" -> {
                    requireLegacy(exchange);
                    legacy.open(exchange);
                }
                case "DELETE" -> {
                    requireLegacy(exchange);
                    legacy.end(exchange);
                }
                default -> throw notAllowed(exchange, "POST, GET, DELETE");
            }
        } catch (RuntimeException e) {
            exchange.fail(common.errors().of(e, exchange));
        }
    }

    private static void requireLegacy(Exchange exchange) {
        requireKnown(exchange.header(Protocol.VERSION_HEADER));
        boolean streams = exchange.request().getMethod().equals("DELETE")
                || (exchange.request().getHeader("Accept") != null && exchange.acceptsStreams());
        if (!LegacyEra.speaks(exchange.header(Protocol.VERSION_HEADER))
                || exchange.header(Protocol.SESSION_HEADER) == null
                || !streams) {
            throw notAllowed(exchange, "POST");
        }
    }

    private static RpcError notAllowed(Exchange exchange, String allowed) {
        exchange.setHeader("Allow", allowed);
        return new RpcError(
                        RpcError.INVALID_REQUEST,
                        "Send a message of the Model Context Protocol with POST; only sessions know other methods.")
                .withStatus(NOT_ALLOWED);
    }

    private void post(Exchange exchange) throws IOException {
        JsonNode body = Json.readRequest(body(exchange.request()));
        if (body instanceof ArrayNode messages) {
            legacy.requireBatches(exchange);
            Batch.serve(exchange, messages, this::servePart);
        } else {
            RpcMessage message = message(exchange, Json.message(body));
            serve(exchange, message, era(exchange, message));
        }
    }

    /** Serves a message of a batch. */
    private void servePart(Exchange exchange, JsonNode body, boolean counted) {
        try {
            RpcMessage message = message(exchange, Json.message(body));
            if (!counted) {
                count(exchange);
            }
            if (Methods.INITIALIZE.equals(message.method())) {
                throw new RpcError(RpcError.INVALID_REQUEST, "initialize cannot be part of a batch: send it alone.");
            }
            serve(exchange, message, legacy);
        } catch (RuntimeException e) {
            exchange.fail(common.errors().of(e, exchange));
        }
    }

    /** Counts a message as a request of its own: many in one HTTP request are as much work as in many. */
    private static void count(Exchange exchange) {
        String sender = exchange.caller().principal().name();
        RequestRates.of(exchange.request()).filter(rates -> !rates.take(sender)).ifPresent(rates -> {
            throw new RpcError(RpcError.INTERNAL_ERROR, rates.refusal(sender))
                    .withStatus(TOO_MANY)
                    .withData(Rpc.object().put("error_code", "RATE_LIMITED"));
        });
    }

    private static RpcMessage message(Exchange exchange, ObjectNode body) {
        JsonNode id = body.get("id");
        if (id != null && (id.isTextual() || id.isIntegralNumber())) {
            // Errors in the rest of the message are answered with its id.
            exchange.setMessage(new RpcMessage(id, null, Rpc.object()));
        }
        RpcMessage message = RpcMessage.of(body);
        exchange.setMessage(message);
        exchange.trace().ifPresent(trace -> exchange.setHeader(Trace.HEADER, trace.header()));
        return message;
    }

    private void serve(Exchange exchange, RpcMessage message, Era era) {
        if (message.isNotification()) {
            era.notice(exchange);
            exchange.acknowledge(ACCEPTED);
        } else {
            common.metrics().requested(message.method());
            era.serve(exchange);
        }
    }

    /** A request that names its revision in {@code _meta} is modern; {@code initialize} without it is legacy. */
    private Era era(Exchange exchange, RpcMessage message) {
        boolean says = message.meta().has(Protocol.META_VERSION) || Methods.DISCOVER.equals(message.method());
        String version = exchange.header(Protocol.VERSION_HEADER);
        boolean header = !LegacyEra.speaks(version) && !Methods.INITIALIZE.equals(message.method());
        if (!says && !Methods.INITIALIZE.equals(message.method())) {
            requireKnown(version);
        }
        return says || header ? modern : legacy;
    }

    private static void requireKnown(String version) {
        if (!LegacyEra.speaks(version) && !Protocol.MODERN.equals(version)) {
            ObjectNode data = Rpc.object().put("requested", version);
            data.putArray("supported").add(Protocol.MODERN);
            Protocol.LEGACY_VERSIONS.forEach(data.withArrayProperty("supported")::add);
            throw new RpcError(
                            RpcError.UNSUPPORTED_VERSION,
                            "Unsupported protocol version in the header " + Protocol.VERSION_HEADER
                                    + ". In a session send the one that it began with, of "
                                    + String.join(", ", Protocol.LEGACY_VERSIONS) + "; without one, "
                                    + Protocol.MODERN + ", in _meta as well.")
                    .withData(data)
                    .withStatus(BAD_REQUEST);
        }
    }

    private byte[] body(HttpServletRequest request) {
        String type = request.getContentType();
        if (type == null || !JSON.matcher(type).matches()) {
            throw new RpcError(RpcError.INVALID_REQUEST, "Send JSON in UTF-8, with Content-Type: application/json.")
                    .withStatus(WRONG_TYPE);
        }
        byte[] body = read(request);
        if (body.length > common.maxBodyBytes()) {
            skipRest(request);
            throw new RpcError(RpcError.INVALID_REQUEST, "The body is larger than " + common.maxBodyBytes() + " bytes.")
                    .withStatus(TOO_LARGE);
        }
        return body;
    }

    /** A client that is still sending when the connection closes may lose the answer to that (RFC 9112, 9.6). */
    private static void skipRest(HttpServletRequest request) {
        try {
            var unused = request.getInputStream().skip(SKIPPED_BYTES);
        } catch (IOException e) {
            // The answer does not change.
        }
    }

    private byte[] read(HttpServletRequest request) {
        try {
            return request.getInputStream().readNBytes(common.maxBodyBytes() + 1);
        } catch (IOException e) {
            throw new RpcError(RpcError.PARSE_ERROR, "The body could not be read: is its encoding what it says?")
                    .withStatus(BAD_REQUEST);
        }
    }
}
