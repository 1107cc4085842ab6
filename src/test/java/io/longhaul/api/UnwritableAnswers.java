package io.longhaul.api;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.BeanSerializerModifier;
import io.dropwizard.core.setup.Environment;
import io.longhaul.api.jobs.RetryRepresentation;
import jakarta.annotation.Priority;
import jakarta.ws.rs.ext.WriterInterceptor;
import jakarta.ws.rs.ext.WriterInterceptorContext;
import java.io.IOException;

/** Answers whose writing fails: all of them at their end, or those that contain a retry policy. */
final class UnwritableAnswers {
    private volatile boolean all;
    private volatile boolean retries;

    void failAtTheEnd() {
        all = true;
    }

    void failAtRetries() {
        retries = true;
    }

    void writeAgain() {
        all = false;
        retries = false;
    }

    void install(Environment environment) {
        environment.jersey().register(new FailingAtTheEnd());
        environment.getObjectMapper().registerModule(new SimpleModule().setSerializerModifier(new Failing()));
    }

    /** Registers the failing writers. */
    @Priority(Integer.MAX_VALUE)
    private final class FailingAtTheEnd implements WriterInterceptor {
        @Override
        public void aroundWriteTo(WriterInterceptorContext context) throws IOException {
            context.proceed();
            if (all) {
                throw new IllegalStateException("The end of the answer cannot be written.");
            }
        }
    }

    private final class Failing extends BeanSerializerModifier {
        private static final long serialVersionUID = 1L;

        @Override
        @SuppressWarnings("unchecked")
        public JsonSerializer<?> modifySerializer(
                SerializationConfig config, BeanDescription bean, JsonSerializer<?> serializer) {
            return bean.getBeanClass() == RetryRepresentation.class
                    ? new JsonSerializer<RetryRepresentation>() {
                        @Override
                        public void serialize(RetryRepresentation value, JsonGenerator json, SerializerProvider all)
                                throws IOException {
                            if (retries) {
                                json.writeStartObject();
                                throw new IllegalStateException("It cannot be written.");
                            }
                            ((JsonSerializer<Object>) serializer).serialize(value, json, all);
                        }
                    }
                    : serializer;
        }
    }
}
