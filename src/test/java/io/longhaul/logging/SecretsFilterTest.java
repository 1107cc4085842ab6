package io.longhaul.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.eclipse.jetty.io.EofException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

class SecretsFilterTest {
    private static final String HEX = "0123456789abcdef0123456789abcdef0123456789abcdef";

    private final Logger logger = (Logger) LoggerFactory.getLogger("planted.secrets");
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

    @BeforeEach
    void listen() {
        appender.start();
        logger.setLevel(Level.TRACE);
        logger.addAppender(appender);
        SecretsFilter.install();
    }

    @AfterEach
    void stop() {
        logger.detachAndStopAllAppenders();
        logger.setLevel(null);
    }

    private String logged() {
        return appender.list.stream()
                .map(event -> event.getFormattedMessage()
                        + (event.getThrowableProxy() == null
                                ? ""
                                : ThrowableProxyUtil.asString(event.getThrowableProxy())))
                .collect(Collectors.joining("\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "lh_0123456789_PLANTED",
                "Authorization: Bearer PLANTED",
                "authorization=Bearer PLANTED",
                "Authorization: Basic PLANTED",
                "Authorization: PLANTED",
                "{\"Authorization\": \"Bearer PLANTED\"}",
                "X-API-Key: PLANTED",
                "x-api-key=[PLANTED]",
                "HttpField[X-API-Key=PLANTED]",
                "Longhaul-Worker-Token: 17.PLANTED",
                "{\"worker_token\":\"PLANTED\"}",
                "whsec_PLANTED",
                "{\"secret\":\"PLANTED\"}",
                "POST /v1/callbacks/PLANTED HTTP/1.1",
                "http://127.0.0.1:8080/v1/callbacks/PLANTED answered 500",
                "jdbc:postgresql://db/jobs?user=u&password=PLANTED&ssl=true",
                "postgres://user:PLANTED@db/jobs",
                "connecting with password=PLANTED",
                "DATABASE_PASSWORD: PLANTED",
                "Bearer eyJhbGciOiJSUzI1NiJ9.PLANTED.sig",
                "Cookie: PLANTED",
                "HTTPS://user:PLANTED@db/jobs",
                "git+ssh+https://user:PLANTED@db/jobs",
                "to=-eyJ-eyJhbGciOiJSUzI1NiJ9.PLANTED.sig",
                "myeyJ-eyJhbGciOiJSUzI1NiJ9.PLANTED",
                "Authorization: Bearer $PLANTED",
                "Authorization: Bearer $HOME-PLANTED",
                "DATABASE_PASSWORD=$PLANTED",
                "password=${KEY:-PLANTED}",
                "password=$(PLANTED is it",
                "api_key=$(PLANTED)",
                "my_passwords_pwds_and_secret_of_the_year = 'PLANTED'"
            })
    void aSecretIsStruckOutHoweverItIsWritten(String text) {
        String secret = text.startsWith("lh_") ? HEX : "s3cr3tPartOfIt";
        String whole = text.replace("PLANTED", secret);
        logger.trace(whole);
        logger.debug("got {} and {}", whole, 1);
        logger.error("failed", new IllegalStateException("outer", new IllegalArgumentException(whole)));
        assertThat(appender.list).hasSize(3);
        assertThat(logged()).doesNotContain(secret).contains("[secret]");
    }

    @Test
    void replacesAKnownPasswordAnywhereInTheText() {
        SecretsFilter.hide("Tr0ub4dor&3");
        IllegalStateException failure = new IllegalStateException("no Tr0ub4dor&3 here");
        failure.addSuppressed(new IllegalStateException("nor Tr0ub4dor&3"));
        logger.info("the word Tr0ub4dor&3 stands here", failure);
        assertThat(logged())
                .doesNotContain("Tr0ub4dor&3")
                .contains("the word [secret] stands here", "no [secret] here", "nor [secret]", "SecretsFilterTest");
    }

    @Test
    void coversWhateverElseAnEventHolds() {
        SecretsFilter.hide("Tr0ub4dor&3");
        MDC.put("tool", "Tr0ub4dor&3");
        logger.atInfo().addKeyValue("token", "Bearer s3cr3tPartOfIt").log("fluent Tr0ub4dor&3");
        MDC.clear();
        logger.info("{}", "Tr0ub4dor%263 and VHIwdWI0ZG9yJjM=");
        String name = Thread.currentThread().getName();
        Thread.currentThread().setName("dw-1 - GET /v1/jobs?password=Tr0ub4dor&3");
        logger.info("on a thread with the address of its request");
        Thread.currentThread().setName(name);
        assertThat(logged()).doesNotContain("Tr0ub4dor", "VHIwdWI0ZG9yJjM");
        ILoggingEvent event = appender.list.get(0);
        assertThat(appender.list.get(2).getThreadName()).isEqualTo("dw-1 - GET /v1/jobs?password=[secret]");
        assertThat(event.getMDCPropertyMap()).containsEntry("tool", "[secret]");
        assertThat(event.getKeyValuePairs().get(0).value).isEqualTo("Bearer [secret]");
    }

    @Test
    void anAppenderWithAQueueHasOneAfterwardsAndShowsNoSecretEither() {
        AsyncAppender queue = new AsyncAppender();
        queue.setContext(logger.getLoggerContext());
        queue.setName("queue");
        queue.setQueueSize(17);
        queue.setNeverBlock(true);
        ListAppender<ILoggingEvent> behind = new ListAppender<>();
        behind.start();
        queue.addAppender(behind);
        queue.start();
        logger.addAppender(queue);
        SecretsFilter.install();
        SecretsFilter.install();
        Appender<ILoggingEvent> now = logger.getAppender("queue");
        assertThat(now).isInstanceOf(LineQueue.class);
        logger.info("Authorization: Bearer s3cr3tPartOfIt");
        now.stop();
        assertThat(behind.list)
                .singleElement()
                .extracting(ILoggingEvent::getFormattedMessage)
                .isEqualTo("Authorization: [secret]");
    }

    @Test
    void ofRotatedSecretsThoseUsedLastAreKnownBesideAllPasswords() {
        LoggedSecrets secrets = new LoggedSecrets();
        secrets.add("of-the-database");
        secrets.addRotating("used-all-along");
        for (int i = 0; i < 1_000; i++) {
            secrets.addRotating("rotated-" + i);
            secrets.addRotating("used-all-along");
        }
        assertThat(secrets.without("rotated-999 rotated-0 used-all-along of-the-database"))
                .isEqualTo("[secret] rotated-0 [secret] [secret]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a.",
                "a://",
                "://a:",
                "b:",
                "secret",
                "secret ",
                "secret\"",
                "secrets",
                "pwd=",
                "eyJ-",
                "eyJaaaaa-",
                "1.",
                "1-1.a",
                "Bearer =",
                "authorization:",
                "authorization=$(",
                "pwd=$A",
                "authorization\" ",
                "cookie: [",
                " ",
                "whsec_"
            })
    void theSearchForSecretsReadsTwiceAsMuchOfATextTwiceAsLong(String part) {
        for (String end : new String[] {"@", ":", "=", ".", " ", "]"}) {
            long once = reads(part.repeat(2_000) + end);
            long twice = reads(part.repeat(4_000) + end);
            assertThat(twice).as(part + end).isLessThanOrEqualTo(once * 5 / 2);
        }
    }

    private static long reads(String text) {
        Counted counted = new Counted(text, new AtomicLong());
        LoggedSecrets.withoutForms(counted);
        return counted.reads().get();
    }

    /** Counts how often its characters are read. */
    private record Counted(String text, AtomicLong reads) implements CharSequence {
        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            reads.incrementAndGet();
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.substring(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }

    @Test
    void aVeryLongLineIsCutAfterItsSecretsWereStruckOut() {
        logger.info("x".repeat(31_980) + " Authorization: Bearer " + "s3cr3tPartOfIt" + "y".repeat(1_000_000));
        logger.info("x".repeat(40_000), new IllegalStateException("z".repeat(1_000_000)));
        assertThat(logged()).doesNotContain("s3cr3t").contains("x… (8000 more characters)");
        assertThat(logged().length()).isLessThan(110_000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Job 3f2504e0-4f89-41d3-9a0c-0305e82c3301 ended after 1.234567890123456789012345678901234 s",
                "POST /v1/jobs answered 503 DATABASE_UNAVAILABLE; trace 0123456789abcdef0123456789abcdef",
                "Key lh_0123456789 of alice was revoked",
                "the header Authorization was missing",
                "http://127.0.0.1:8080/v1/jobs@x",
                "curl -H \"Authorization: Bearer $LONGHAUL_API_KEY\" http://127.0.0.1:8080/v1/jobs",
                "X-API-Key: ${LONGHAUL_API_KEY}",
                "export LONGHAUL_API_KEY=$(java -jar 'my app.jar' key create --name me --role admin config.yml)"
            })
    void whatIsNoSecretStays(String text) {
        logger.info(text);
        assertThat(logged()).isEqualTo(text);
        assertThat(appender.list.get(0).getLevel()).isEqualTo(Level.INFO);
    }

    @Test
    void staysInstalledWhenLoggingIsConfiguredAgain() {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        long before = filters(context);
        SecretsFilter.install();
        assertThat(before).isOne();
        assertThat(filters(context)).isOne();
    }

    private static long filters(LoggerContext context) {
        return context.getTurboFilterList().stream()
                .filter(SecretsFilter.class::isInstance)
                .count();
    }

    @Test
    void aClientThatIsGoneBeforeItsAnswerIsNoErrorOfTheServer() {
        Logger answers = (Logger) LoggerFactory.getLogger("org.glassfish.jersey.server.ServerRuntime$Responder");
        answers.addAppender(appender);
        try {
            IOException gone = new IOException("Broken pipe");
            answers.error("An I/O error has occurred", new EofException(gone));
            answers.error("An I/O error has occurred", new IOException(new EofException(gone)));
            assertThat(appender.list).isEmpty();
            answers.error("An I/O error has occurred", gone);
            assertThat(appender.list).hasSize(1);
        } finally {
            answers.detachAppender(appender);
        }
    }

    @Test
    void silencesLibrariesThatLogConnectionsBelowInfo() {
        for (String name : new String[] {"org.eclipse.jetty.http.HttpParser", "org.postgresql", "jdk.httpclient.x"}) {
            Logger wire = (Logger) LoggerFactory.getLogger(name);
            Level before = wire.getLevel();
            wire.setLevel(Level.TRACE);
            assertThat(wire.isDebugEnabled()).as(name).isFalse();
            assertThat(wire.isTraceEnabled()).as(name).isFalse();
            assertThat(wire.isInfoEnabled()).as(name).isTrue();
            wire.setLevel(before);
        }
    }
}
