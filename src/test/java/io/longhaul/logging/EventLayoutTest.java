package io.longhaul.logging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.LayoutBase;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.logging.common.layout.DiscoverableLayoutFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventLayoutTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final LoggerContext context = new LoggerContext();
    private final LogbackMDCAdapter values = new LogbackMDCAdapter();
    private final Logger logger = context.getLogger("longhaul.workers");
    private final Lines lines = new Lines();

    /** Keeps what a layout makes of events. */
    private static final class Lines extends UnsynchronizedAppenderBase<ILoggingEvent> {
        private final List<String> all = new ArrayList<>();
        private LayoutBase<ILoggingEvent> layout;

        @Override
        protected void append(ILoggingEvent event) {
            all.add(layout.doLayout(event));
        }
    }

    @BeforeEach
    void log() {
        context.setMDCAdapter(values);
        logger.setLevel(Level.TRACE);
        logger.addAppender(lines);
        lines.setContext(context);
        lines.start();
    }

    private void as(LogFormat format) {
        lines.layout = new EventLayout(format).build(context, TimeZone.getTimeZone("Europe/Berlin"));
        lines.layout.start();
    }

    private JsonNode only() throws Exception {
        assertThat(lines.all).hasSize(1);
        String line = lines.all.get(0);
        assertThat(line).endsWith("\n");
        assertThat(line.strip().lines()).hasSize(1);
        return JSON.readTree(line);
    }

    @Test
    void aLineForPeopleHasDateZoneLevelAndLogger() {
        as(LogFormat.TEXT);
        values.put("job_id", "7");
        logger.info("Claimed {} jobs", 3);
        assertThat(lines.all.get(0))
                .matches(
                        "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3}\\+0[12]:00 INFO  longhaul.workers: Claimed 3 jobs job=7\n");
    }

    @Test
    void anEventIsOneObjectWithWhatIsKnownOfIt() throws Exception {
        as(LogFormat.JSON);
        context.putProperty(JsonEvents.NODE, "node-1");
        Map.of("trace_id", "t", "job_id", "j", "tool", "echo", "attempt", "2", "other", "o")
                .forEach(values::put);
        logger.atWarn().addKeyValue("took_ms", 17).log("said {}", "yes");
        JsonNode event = only();
        assertThat(event.path("time").asText()).matches("\\d{4}-\\d\\d-\\d\\dT[0-9:.]{12}\\+0[12]:00");
        assertThat(event.path("level").asText()).isEqualTo("WARN");
        assertThat(event.path("logger").asText()).isEqualTo("longhaul.workers");
        assertThat(event.path("thread").asText())
                .isEqualTo(Thread.currentThread().getName());
        assertThat(event.path("message").asText()).isEqualTo("said yes");
        assertThat(event.path("node").asText()).isEqualTo("node-1");
        assertThat(event.path("job_id").asText()).isEqualTo("j");
        assertThat(event.path("tool").asText()).isEqualTo("echo");
        assertThat(event.path("attempt").asText()).isEqualTo("2");
        assertThat(event.path("trace_id").asText()).isEqualTo("t");
        assertThat(event.path("took_ms").asInt()).isEqualTo(17);
        assertThat(event.has("other")).isFalse();
    }

    @Test
    void aMemberOfACallDoesNotReplaceThoseOfTheEvent() throws Exception {
        as(LogFormat.JSON);
        logger.atInfo()
                .addKeyValue("message", "forged")
                .addKeyValue("level", "ERROR")
                .log("true");
        JsonNode event = only();
        assertThat(event.path("message").asText()).isEqualTo("true");
        assertThat(event.path("level").asText()).isEqualTo("INFO");
    }

    @Test
    void anExceptionIsOneMember() throws Exception {
        as(LogFormat.JSON);
        logger.error("failed", new IllegalStateException("a\nb", new IllegalArgumentException("cause")));
        assertThat(only().path("exception").asText()).contains("a\nb", "cause", "EventLayoutTest");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "two\nlines\r\nof {\"level\":\"ERROR\"}",
                "\u0000\u0007\u001b[31mred\u001b[0m",
                "\u2028\u2029\u0085",
                "half a pair \ud83d of",
                "quotes \" and \\ and \t"
            })
    void noMessageBreaksALine(String message) throws Exception {
        as(LogFormat.JSON);
        values.put("tool", message);
        logger.info("{}", message);
        JsonNode event = only();
        assertThat(event.path("message").asText()).isEqualTo(message);
        assertThat(event.path("tool").asText()).isEqualTo(message);
    }

    @Test
    void anArgumentThatCannotBeShownBreaksNoLine() throws Exception {
        as(LogFormat.JSON);
        Object broken = new Object() {
            @Override
            public String toString() {
                throw new IllegalStateException("no");
            }
        };
        logger.info("see {}", broken);
        assertThat(only().path("message").asText()).startsWith("see ");
    }

    @Test
    void theSettingChoosesTheFormat() throws Exception {
        assertThat(read("{\"type\":\"longhaul\",\"format\":\"json\"}")).startsWith("{\"");
        assertThat(read("{\"type\":\"longhaul\",\"format\":\"JSON\"}")).startsWith("{\"");
        assertThat(read("{\"type\":\"longhaul\",\"format\":\"\"}")).startsWith("20");
        assertThat(read("{\"type\":\"longhaul\"}")).startsWith("20");
        assertThatThrownBy(() -> read("{\"type\":\"longhaul\",\"format\":\"xml\"}"))
                .hasMessageContaining("the log format is \"xml\": write text or json");
    }

    @SuppressWarnings("unchecked")
    private String read(String setting) throws Exception {
        DiscoverableLayoutFactory<ILoggingEvent> layout =
                Jackson.newObjectMapper().readValue(setting, DiscoverableLayoutFactory.class);
        lines.layout = layout.build(context, TimeZone.getTimeZone("UTC"));
        lines.layout.start();
        lines.all.clear();
        logger.info("x");
        return lines.all.get(0);
    }
}
