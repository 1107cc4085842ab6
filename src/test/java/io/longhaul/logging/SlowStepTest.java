package io.longhaul.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SlowStepTest {
    @Test
    void saysAtOnceWhatItDoesAndLaterThatItGoesOn() throws Exception {
        BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        LoggerContext context = new LoggerContext();
        Logger log = context.getLogger("step");
        AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                lines.add(event.getFormattedMessage());
            }
        };
        appender.setContext(context);
        appender.start();
        log.addAppender(appender);
        try (SlowStep step = SlowStep.begin(log, "unpacking", Duration.ofMillis(1))) {
            assertThat(lines.poll(30, TimeUnit.SECONDS)).isEqualTo("unpacking");
            assertThat(lines.poll(30, TimeUnit.SECONDS)).matches("unpacking: goes on after [0-9.]+ s");
            assertThat(step.seconds()).matches("[0-9]+\\.[0-9]");
        }
    }
}
