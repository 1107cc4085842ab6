package io.longhaul.api.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.longhaul.api.http.Problem.FieldError;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.ext.WriterInterceptor;
import jakarta.ws.rs.ext.WriterInterceptorContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Members of request bodies that no request has. They are ignored, as the predecessor's clients expect, but the answer warns of
 * them: a mistyped {@code idempotency_key} protects nothing. A refusal names them, too: with a mistyped {@code params} the
 * params are missing. The configuration may refuse them.
 */
public final class UnknownMembers implements ContainerResponseFilter, WriterInterceptor {
    /** The member of answers with the warnings. */
    public static final String MEMBER = "warnings";

    private static final String NOTED = UnknownMembers.class.getName();
    private static final String REFUSED = NOTED + ".refused";

    /** A batch may have thousands. */
    static final int MOST = 20;

    /** Proxies refuse long headers. */
    private static final int LONGEST_HEADER = 400;

    private static final int OK = 200;
    private static final int REDIRECTS = 300;
    private static final int ERRORS = 400;
    private static final int FAULTS_OF_SERVERS = 500;

    private static final ObjectMapper JSON = new ObjectMapper();

    /** For Jersey. */
    public UnknownMembers() {}

    /** Refuses unknown members in all requests. */
    public static void refuse(ServletContext context) {
        context.setAttribute(REFUSED, true);
    }

    /** Notes the members that were not read, or makes errors of them. Call it when all known ones were read. */
    public static void check(Fields fields, HttpServletRequest request) {
        note(unknown(fields, request), request);
    }

    /** As {@link #check}, for a caller that shows the warnings itself. */
    public static List<FieldError> unknown(Fields fields, HttpServletRequest request) {
        List<FieldError> unknown = fields.unknown();
        if (!unknown.isEmpty() && request.getServletContext().getAttribute(REFUSED) != null) {
            unknown.forEach(fields::wrong);
            return List.of();
        }
        return unknown;
    }

    private static void note(List<FieldError> unknown, HttpServletRequest request) {
        if (!unknown.isEmpty()) {
            List<FieldError> all = new ArrayList<>(noted(request.getAttribute(NOTED)));
            unknown.stream().limit(Math.max(0, MOST - all.size())).forEach(all::add);
            request.setAttribute(NOTED, List.copyOf(all));
        }
    }

    /** What was noted of a request. */
    public static List<FieldError> of(HttpServletRequest request) {
        return noted(request.getAttribute(NOTED));
    }

    /** What was noted of a request that is refused for what it says. */
    public static List<FieldError> explaining(Refusal refusal, HttpServletRequest request) {
        return isForCaller(refusal.status()) ? of(request) : List.of();
    }

    private static boolean isForCaller(int status) {
        return status >= ERRORS && status < FAULTS_OF_SERVERS;
    }

    @SuppressWarnings("unchecked")
    private static List<FieldError> noted(Object attribute) {
        return attribute == null ? List.of() : (List<FieldError>) attribute;
    }

    /** The value of the header {@code Warning} (RFC 7234, section 5.5) for one of them. */
    public static String header(FieldError warning) {
        String text = (warning.pointer() + " " + warning.message()).replaceAll("[^ -~]", "?");
        String cut = text.length() > LONGEST_HEADER ? text.substring(0, LONGEST_HEADER) + "..." : text;
        return "299 - \"" + cut.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    /** An answer that is an object, with the warnings as its last member. */
    public static byte[] added(byte[] answer, List<FieldError> warnings) {
        String json = new String(answer, StandardCharsets.UTF_8).stripTrailing();
        if (warnings.isEmpty() || !json.startsWith("{") || !json.endsWith("}")) {
            return answer;
        }
        String members = json.substring(0, json.length() - 1);
        String comma = members.strip().equals("{") ? "" : ",";
        return (members + comma + "\"" + MEMBER + "\":" + text(warnings) + "}").getBytes(StandardCharsets.UTF_8);
    }

    private static String text(List<FieldError> warnings) {
        try {
            return JSON.writeValueAsString(warnings);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A list of texts is always JSON", e);
        }
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        List<FieldError> warnings = noted(request.getProperty(NOTED));
        boolean done = response.getStatus() >= OK && response.getStatus() < REDIRECTS;
        if (done || isForCaller(response.getStatus())) {
            warnings.forEach(warning -> response.getHeaders().add(Header.WARNING.text(), header(warning)));
        }
        if (!done) {
            // A problem has them among its own members.
            request.removeProperty(NOTED);
        }
    }

    @Override
    public void aroundWriteTo(WriterInterceptorContext context) throws IOException {
        List<FieldError> warnings = noted(context.getProperty(NOTED));
        if (warnings.isEmpty() || !MediaType.APPLICATION_JSON_TYPE.isCompatible(context.getMediaType())) {
            context.proceed();
            return;
        }
        OutputStream out = context.getOutputStream();
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        context.setOutputStream(answer);
        context.proceed();
        out.write(added(answer.toByteArray(), warnings));
    }
}
