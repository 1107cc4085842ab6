package io.longhaul.api;

import io.longhaul.api.Fuzz.Request;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;

/** Breaks requests below the level of the description: bytes, encodings, framing, headers. */
final class FuzzTricks {
    private static final List<String> TYPES = List.of(
            "text/plain",
            "application/xml",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/json; charset=utf-16",
            "application/json; charset=nonsense",
            "application/json;;;",
            "nonsense",
            "/",
            "*/*",
            "application/*",
            "application/json, text/plain",
            "application/x-ndjson",
            "application/json; charset=\"utf-8\"",
            "x".repeat(2_000));

    private static final List<String> METHODS = List.of(
            "GET",
            "HEAD",
            "POST",
            "PUT",
            "PATCH",
            "DELETE",
            "OPTIONS",
            "TRACE",
            "PROPFIND",
            "get",
            "FOO",
            "X".repeat(300));

    private static final List<String> HEADERS = List.of(
            "Host: evil.example",
            "Host: 127.0.0.1:99999",
            "Host: ",
            "Bad Header",
            "A: \0",
            ": empty",
            " folded: x",
            "A: " + "x".repeat(9_000),
            "Cookie: " + "a=b; ".repeat(100),
            "X-HTTP-Method-Override: DELETE",
            "X-Original-URL: /v1/audit",
            "X-Forwarded-For: 1.2.3.4, ::1",
            "X-Forwarded-Proto: gopher",
            "Forwarded: for=\"_x\";;",
            "Origin: https://evil.example",
            "Origin: null",
            "Authorization: Basic !!!",
            "Authorization: Bearer ",
            "X-API-Key: lh_x",
            "Accept: text/csv",
            "Accept: text/html;q=x",
            "Accept: " + "a/b,".repeat(500),
            "Accept: ;",
            "Accept-Language: \u00e9",
            "Accept-Charset: utf-16",
            "Connection: close",
            "Connection: upgrade",
            "Upgrade: h2c",
            "Expect: 100-continue",
            "Expect: nonsense",
            "Trailer: x",
            "Content-Range: bytes 0-1/2",
            "If-Match: \"x\"",
            "If-Modified-Since: yesterday",
            "Content-Length: 5",
            "Content-Length: -1",
            "Content-Length: 99999999999999999999",
            "Transfer-Encoding: identity",
            "Transfer-Encoding: chunked, gzip",
            "Max-Forwards: 0");

    private final Random random;

    FuzzTricks(Random random) {
        this.random = random;
    }

    /** Sets the correct length of the body. */
    static Request framed(Request request) {
        boolean plain = request.body().length == 0 && request.method().matches("GET|DELETE|HEAD");
        return plain ? request : with(request, request.body(), "Content-Length: " + request.body().length);
    }

    private static Request with(Request request, byte[] body, String... headers) {
        List<String> all = new ArrayList<>(request.headers());
        all.addAll(Arrays.asList(headers));
        return new Request(
                request.endpoint(),
                request.method(),
                request.target(),
                request.version(),
                all,
                body,
                request.isLoose(),
                request.isLast());
    }

    private static Request typed(Request request, String line) {
        List<String> headers = new ArrayList<>(request.headers());
        headers.removeIf(header -> header.startsWith("Content-Type"));
        if (!line.isEmpty()) {
            headers.add(line);
        }
        return new Request(
                request.endpoint(),
                request.method(),
                request.target(),
                request.version(),
                headers,
                request.body(),
                request.isLoose(),
                request.isLast());
    }

    private static Request last(Request request) {
        return new Request(
                request.endpoint(),
                request.method(),
                request.target(),
                request.version(),
                request.headers(),
                request.body(),
                true,
                true);
    }

    private static Request encoded(Request request, byte[] body, String coding) {
        return framed(with(request, body, "Content-Encoding: " + coding));
    }

    /** Replaces the body, or sends one that contradicts its headers. */
    Request withBrokenBody(Request request) {
        byte[] body = request.body();
        return switch (random.nextInt(28)) {
            case 0 -> framed(with(request, Arrays.copyOf(body, body.length / 2)));
            case 1 -> framed(with(request, joined(body, bytes("}"))));
            case 2 -> framed(with(request, joined(body, body)));
            case 3 -> framed(with(request, joined(bytes("\ufeff"), body)));
            case 4 -> framed(with(request, joined(body, new byte[] {0})));
            case 5 -> framed(with(request, spoiled(body, 0xff)));
            case 6 -> framed(with(request, spoiled(body, 0xc3)));
            case 7 -> framed(with(request, spoiled(body, 0)));
            case 8 -> framed(with(request, new byte[0]));
            case 9 -> framed(with(request, bytes("   ")));
            case 10 -> framed(with(request, joined(bytes("["), body, bytes("]"))));
            case 11 ->
                framed(with(request, new String(body, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_16)));
            case 12 -> framed(typed(request, "Content-Type: " + TYPES.get(random.nextInt(TYPES.size()))));
            case 13 -> framed(typed(request, ""));
            case 14 -> encoded(request, gzip(body), "gzip");
            case 15 -> encoded(request, Arrays.copyOf(gzip(body), gzip(body).length / 2), "gzip");
            case 16 -> encoded(request, body, "gzip");
            case 17 -> encoded(request, gzip(gzip(body)), "gzip");
            case 18 -> encoded(request, gzip(gzip(body)), "gzip, gzip");
            case 19 -> encoded(request, deflate(body), "deflate");
            case 20 -> encoded(request, Arrays.copyOf(deflate(body), deflate(body).length / 2), "deflate");
            case 21 ->
                encoded(
                        request,
                        body,
                        List.of("br", "identity", "", "zstd", "GZIP", "x-gzip").get(random.nextInt(6)));
            case 22 -> with(request, chunked(body), "Transfer-Encoding: chunked");
            case 23 -> last(with(request, bytes("zz\r\n{}\r\n0\r\n\r\n"), "Transfer-Encoding: chunked"));
            case 24 -> last(with(request, body, "Content-Length: " + (body.length + 10)));
            case 25 ->
                last(with(request, joined(body, bytes("GET / HTTP/1.1\r\n\r\n")), "Content-Length: " + body.length));
            case 26 -> last(with(request, chunked(body), "Transfer-Encoding: chunked", "Content-Length: 3"));
            default ->
                random.nextInt(20) > 0
                        ? framed(with(request, body, "Expect: 100-continue"))
                        : encoded(request, gzip(bytes("{\"tool\": \"" + "x".repeat(3 << 20) + "\"}")), "gzip");
        };
    }

    /** Uses a wrong or unusual request line or header. */
    Request withOddHead(Request request) {
        Request framed = framed(request);
        return switch (random.nextInt(6)) {
            case 0 -> headed(framed, METHODS.get(random.nextInt(METHODS.size())), request.target(), "HTTP/1.1", false);
            case 1, 2 -> headed(framed, request.method(), oddTarget(request.target()), "HTTP/1.1", true);
            case 3 -> last(headed(framed, request.method(), request.target(), version(), true));
            default -> last(with(framed, framed.body(), oddHeaders()));
        };
    }

    private static Request headed(Request request, String method, String target, String version, boolean loose) {
        return new Request(
                request.endpoint(),
                method,
                target,
                version,
                request.headers(),
                request.body(),
                loose || request.isLoose(),
                request.isLast());
    }

    private String version() {
        return List.of("HTTP/1.0", "HTTP/0.9", "HTTP/9.9", "HTTP/2.0", "HTTP/1.1 x", "http/1.1", "")
                .get(random.nextInt(7));
    }

    private String[] oddHeaders() {
        if (random.nextInt(20) == 0) {
            String[] flood = new String[400];
            Arrays.setAll(flood, i -> "X-" + i + ": " + "y".repeat(30));
            return flood;
        }
        String one = HEADERS.get(random.nextInt(HEADERS.size()));
        return random.nextBoolean()
                ? new String[] {one}
                : new String[] {one, HEADERS.get(random.nextInt(HEADERS.size()))};
    }

    private String oddTarget(String target) {
        return switch (random.nextInt(16)) {
            case 0 -> target + "/";
            case 1 -> "/" + target;
            case 2 -> target.replaceFirst("/v1/", "/v1//");
            case 3 -> target.replaceFirst("/v1/", "/v1/./");
            case 4 -> target.replaceFirst("/v1/", "/v1/x/../");
            case 5 -> target.replaceFirst("/v1/", "/v1/x/%2e%2e/");
            case 6 -> target.replaceFirst("/v1/", "/v1%2f");
            case 7 -> target.replaceFirst("/v1/", "/v1;a=b/");
            case 8 -> target.replaceFirst("/v1/", "/V1/");
            case 9 -> target + "%00";
            case 10 -> target + "#fragment";
            case 11 -> "http://127.0.0.1" + target;
            case 12 -> "*";
            case 13 -> target + (target.contains("?") ? "&" : "?") + "x=" + "y".repeat(9_000);
            case 14 -> target + (target.contains("?") ? "&" : "?") + "%ff=%ff&%c3%28&=&&";
            default -> target.substring(1);
        };
    }

    private byte[] spoiled(byte[] body, int with) {
        byte[] spoiled = body.clone();
        if (body.length > 0) {
            spoiled[random.nextInt(body.length)] = (byte) with;
        }
        return spoiled;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        Arrays.stream(parts).forEach(all::writeBytes);
        return all.toByteArray();
    }

    private static byte[] chunked(byte[] body) {
        byte[] size = bytes(Integer.toHexString(body.length) + "\r\n");
        return body.length == 0 ? bytes("0\r\n\r\n") : joined(size, body, bytes("\r\n0\r\n\r\n"));
    }

    private static byte[] gzip(byte[] body) {
        return packed(body, true);
    }

    private static byte[] deflate(byte[] body) {
        return packed(body, false);
    }

    private static byte[] packed(byte[] body, boolean gzip) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = gzip ? new GZIPOutputStream(bytes) : new DeflaterOutputStream(bytes)) {
            out.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
