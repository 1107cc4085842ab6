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
 * Sees to it that a change which is made is answered as made, although its answer cannot be written: what of it can be
 * written is. Without this an answer whose writing fails would become that of an error.
 */
final class CommittedAnswerWriter implements ContainerResponseFilter, WriterInterceptor {
    private static final Logger LOG = LoggerFactory.getLogger(CommittedAnswerWriter.class);

    private static final String RESPONSE = CommittedAnswerWriter.class.getName();

    /** Larger answers are on their way, status and Location first, before their end is written. */
    private static final int KEPT = 64 << 10;

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
        Kept kept = new Kept(out);
        context.setOutputStream(kept);
        try {
            context.proceed();
        } catch (IOException | RuntimeException | StackOverflowError e) {
            if (kept.gone) {
                throw e;
            }
            LOG.warn("What was asked for is stored; its answer could not be written", e);
            out.write(whatCanBeWritten(context.getEntity(), response));
            return;
        }
        kept.letGo();
    }

    private byte[] whatCanBeWritten(Object entity, ContainerResponseContext response) {
        Object shown = entity;
        if (entity instanceof Committed.Partial partial) {
            // Without its result it would be read as one that is null.
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

    /** One member as it stands in an object; empty if it cannot be written or is left out. */
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

    /** Lends its filter to whatever is written. */
    @JsonFilter(Filtered.NAME)
    private static final class Filtered {
        static final String NAME = "members";
    }

    /** Chooses among the members of one object, and none of what is in them. */
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

    /** Keeps the beginning of an answer until it is all there or too long. */
    private static final class Kept extends OutputStream {
        private final OutputStream out;
        private ByteArrayOutputStream start = new ByteArrayOutputStream();
        private boolean gone;

        Kept(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int octet) throws IOException {
            write(new byte[] {(byte) octet}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            if (!gone && start.size() + count > KEPT) {
                letGo();
            }
            if (gone) {
                out.write(bytes, from, count);
            } else {
                start.write(bytes, from, count);
            }
        }

        @Override
        public void flush() throws IOException {
            if (gone) {
                out.flush();
            }
        }

        void letGo() throws IOException {
            if (!gone) {
                gone = true;
                start.writeTo(out);
                start = null;
            }
        }
    }
}
