package io.longhaul.logging;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.pattern.TargetLengthBasedClassNameAbbreviator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.util.CachingDateFormatter;
import io.dropwizard.logging.common.DropwizardLayout;
import java.util.Map;
import java.util.TimeZone;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Lines for people: date, level, logger, message and job. It puts them together itself, because a pattern that leaves out
 * the job where there is none applies a regular expression to each line.
 */
final class TextEvents extends EventLines {
    private static final int LEVEL_WIDTH = 5;
    private static final int LOGGER_WIDTH = 24;

    private final CachingDateFormatter times;
    private final DropwizardLayout exceptions;
    private final TargetLengthBasedClassNameAbbreviator abbreviator =
            new TargetLengthBasedClassNameAbbreviator(LOGGER_WIDTH);
    private final Map<String, String> loggers = new ConcurrentHashMap<>();

    TextEvents(LoggerContext context, TimeZone zone) {
        this(context, zone, exceptions(context, zone));
    }

    private TextEvents(LoggerContext context, TimeZone zone, DropwizardLayout exceptions) {
        super(context, exceptions);
        this.times = new CachingDateFormatter("yyyy-MM-dd HH:mm:ss.SSSXXX", zone.toZoneId());
        this.exceptions = exceptions;
    }

    private static DropwizardLayout exceptions(LoggerContext context, TimeZone zone) {
        DropwizardLayout exceptions = new DropwizardLayout(context, zone);
        exceptions.setPattern("%rEx");
        return exceptions;
    }

    @Override
    public String doLayout(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(200);
        line.append(times.format(event.getTimeStamp())).append(' ');
        String level = event.getLevel().toString();
        line.append(level).append(" ".repeat(Math.max(0, LEVEL_WIDTH - level.length())));
        line.append(' ').append(loggers.computeIfAbsent(event.getLoggerName(), abbreviator::abbreviate));
        line.append(": ").append(event.getFormattedMessage());
        String job = event.getMDCPropertyMap().get("job_id");
        if (job != null && !job.isEmpty()) {
            line.append(" job=").append(job);
        }
        line.append(System.lineSeparator());
        return event.getThrowableProxy() == null
                ? line.toString()
                : line.append(exceptions.doLayout(event)).toString();
    }
}
