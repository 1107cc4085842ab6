package io.longhaul.api.errors;

import com.fasterxml.jackson.annotation.JsonFilter;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.ser.PropertyWriter;
import com.fasterxml.jackson.databind.ser.impl.SimpleBeanPropertyFilter;
import com.fasterxml.jackson.databind.ser.impl.SimpleFilterProvider;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.ext.WriterInterceptor;
import jakarta.ws.rs.ext.WriterInterceptorContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the success status of a committed change if its answer cannot be written, and writes the members that can be written.
 * Otherwise the client would get an error for a change that was made.
 */
final class CommittedAnswerWriter implements ContainerResponseFilter, WriterInterceptor {
    private static final Logger LOG = LoggerFactory.getLogger(CommittedAnswerWriter.class);

    private static final String RESPONSE = CommittedAnswerWriter.class.getName();

    /** Of a larger answer, status and Location are sent before its end is written. */
    private static final int MOST_BUFFERED = 64 << 10;

    private static final int OK = 200;
    private static final int REDIRECTS = 300;
    private static final int ACCEPTED = 202;

    private final ObjectMapper json;

    CommittedAnswerWriter(ObjectMapper json) {
        this.json = json;
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        boolean changed = new RequestLine(request.getMethod(), "").changes()
                && response.getStatus() >= OK
                && response.getStatus() < REDIRECTS
                && response.getEntity() instanceof Record;
        if (changed) {
            request.setProperty(RESPONSE, response);
        }
    }

    @Override
    public void aroundWriteTo(WriterInterceptorContext context) throws IOException {
        if (!(context.getProperty(RESPONSE) instanceof ContainerResponseContext response)) {
            context.proceed();
            return;
        }
        OutputStream out = context.getOutputStream();
        StartBuffer buffer = new StartBuffer(out);
        context.setOutputStream(buffer);
        try {
            context.proceed();
        } catch (IOException | RuntimeException | StackOverflowError e) {
            if (buffer.sent) {
                throw e;
            }
            LOG.warn("The change is committed; its answer could not be written", e);
            out.write(writableMembers(context.getEntity(), response));
            return;
        }
        buffer.send();
    }

    private byte[] writableMembers(Object entity, ContainerResponseContext response) {
        Object shown = entity;
        if (entity instanceof Committed.Partial partial) {
            // Clients would read a missing result as null.
            response.setStatus(ACCEPTED);
            shown = partial.withoutResult();
        }
        List<String> members = new ArrayList<>();
        for (String name : names(shown)) {
            String member = member(shown, name);
            if (!member.isEmpty()) {
                members.add(member);
            }
        }
        return ("{" + String.join(",", members) + "}").getBytes(StandardCharsets.UTF_8);
    }

    private List<String> names(Object entity) {
        List<String> names = new ArrayList<>();
        write(entity, new Members(entity) {
            @Override
            boolean shows(String name) {
                names.add(name);
                return false;
            }
        });
        return names;
    }

    /** One member as JSON, with its name; empty if it cannot be written or is left out. */
    private String member(Object entity, String wanted) {
        String object = write(entity, new Members(entity) {
            @Override
            boolean shows(String name) {
                return name.equals(wanted);
            }
        });
        return object.isEmpty() ? "" : object.substring(1, object.length() - 1).strip();
    }

    private String write(Object entity, Members members) {
        try {
            return json.copy()
                    .addMixIn(Object.class, Filtered.class)
                    .writer(new SimpleFilterProvider().addFilter(Filtered.NAME, members))
                    .writeValueAsString(entity);
        } catch (IOException | RuntimeException | StackOverflowError e) {
            LOG.warn("A part of an answer is left out, because it cannot be written: {}", e.getMessage());
            return "";
        }
    }

    /** Adds the filter to every class. */
    @JsonFilter(Filtered.NAME)
    private static final class Filtered {
        static final String NAME = "members";
    }

    /** Filters the members of one object, but not the objects inside it. */
    private abstract static class Members extends SimpleBeanPropertyFilter {
        private final Object of;

        Members(Object of) {
            this.of = of;
        }

        abstract boolean shows(String name);

        @Override
        public void serializeAsField(
                Object bean, JsonGenerator generator, SerializerProvider provider, PropertyWriter writer)
                throws Exception {
            if (bean != of || shows(writer.getName())) {
                writer.serializeAsField(bean, generator, provider);
            }
        }
    }

    /** Buffers the start of an answer until the answer is complete or too long. */
    private static final class StartBuffer extends OutputStream {
        private final OutputStream out;
        private ByteArrayOutputStream start = new ByteArrayOutputStream();
        private boolean sent;

        StartBuffer(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int octet) throws IOException {
            write(new byte[] {(byte) octet}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            if (!sent && start.size() + count > MOST_BUFFERED) {
                send();
            }
            if (sent) {
                out.write(bytes, from, count);
            } else {
                start.write(bytes, from, count);
            }
        }

        @Override
        public void flush() throws IOException {
            if (sent) {
                out.flush();
            }
        }

        void send() throws IOException {
            if (!sent) {
                sent = true;
                start.writeTo(out);
                start = null;
            }
        }
    }
}
