package io.longhaul.telemetry.queues;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.TestJobs;
import io.longhaul.jobs.sql.QueueFigures;
import io.longhaul.telemetry.BoundedLabel;
import io.longhaul.testing.Exposition;
import io.longhaul.testing.TestDatabase;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class QueueMetricsTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private static Exposition scrape(Jdbi jdbi, int tools) {
        PrometheusRegistry registry = new PrometheusRegistry();
        registry.register(new QueueMetrics(jdbi, new BoundedLabel(tools), () -> true));
        return Exposition.of(registry);
    }

    private static Exposition scrape() {
        return scrape(JOBS.jdbi(), 10);
    }

    @Test
    void eachToolHasItsDepthAndTheAgeOfItsOldestJob() {
        JOBS.pendingMany("a", 3);
        JOBS.pending("b");
        JOBS.update("UPDATE jobs SET created_at = NOW() - INTERVAL '90 s' WHERE tool_name = 'b'");
        Exposition metrics = scrape();
        assertThat(metrics.value("longhaul_queue_figures_up")).isEqualTo(1);
        assertThat(metrics.value("longhaul_queue_jobs{tool=\"a\",waits_for=\"worker\"}"))
                .isEqualTo(3);
        assertThat(metrics.value("longhaul_queue_jobs{tool=\"b\",waits_for=\"worker\"}"))
                .isEqualTo(1);
        assertThat(metrics.value("longhaul_queue_jobs_counted")).isEqualTo(100_000);
        assertThat(metrics.value("longhaul_queue_oldest_age_seconds{tool=\"a\"}"))
                .isBetween(0.0, 60.0);
        assertThat(metrics.value("longhaul_queue_oldest_age_seconds{tool=\"b\"}"))
                .isBetween(90.0, 150.0);
    }

    @Test
    void theOldestJobMayBeBehindThoseOfHigherPriority() {
        JOBS.enqueue(TestJobs.withPriority("a", 0));
        JOBS.update("UPDATE jobs SET created_at = NOW() - INTERVAL '1 h'");
        JOBS.enqueue(TestJobs.withPriority("a", 10));
        assertThat(scrape().value("longhaul_queue_oldest_age_seconds{tool=\"a\"}"))
                .isGreaterThanOrEqualTo(3_600);
    }

    @Test
    void aClaimedJobRunsAndNoLongerWaits() {
        JOBS.leased();
        JOBS.update("UPDATE jobs SET created_at = NOW() - INTERVAL '1 h'");
        Exposition metrics = scrape();
        assertThat(metrics.value("longhaul_jobs_running{tool=\"echo\"}")).isEqualTo(1);
        assertThat(metrics.value("longhaul_queue_oldest_age_seconds{tool=\"echo\"}"))
                .isZero();
        assertThat(metrics.value("longhaul_nodes{state=\"alive\"}")).isEqualTo(1);
        assertThat(metrics.value("longhaul_nodes{state=\"lost\"}")).isZero();
    }

    @Test
    void jobsThatWaitForAKeyOrATimeAreCountedApart() {
        JOBS.enqueue(TestJobs.keyed("k"));
        JOBS.enqueue(TestJobs.withKeys("a", 0, Instant.now().plusSeconds(3600), null, null));
        Exposition metrics = scrape();
        assertThat(metrics.value("longhaul_queue_jobs{tool=\"echo\",waits_for=\"concurrency_key\"}"))
                .isEqualTo(1);
        assertThat(metrics.value("longhaul_queue_jobs{tool=\"echo\",waits_for=\"worker\"}"))
                .isZero();
        assertThat(metrics.value("longhaul_jobs_delayed")).isEqualTo(1);
    }

    @Test
    void toolsBeyondTheBoundAreShownTogether() {
        for (int i = 0; i < 30; i++) {
            JOBS.pending("tool-" + i);
        }
        Exposition metrics = scrape(JOBS.jdbi(), 10);
        assertThat(metrics.labels("longhaul_queue_jobs", "tool")).hasSize(11).contains("other");
        assertThat(metrics.value("longhaul_queue_jobs{tool=\"other\",waits_for=\"worker\"}"))
                .isEqualTo(20);
    }

    @Test
    void aLongQueueIsCountedUpToABoundInAll() {
        JOBS.pendingMany("a", 3_000);
        JOBS.pendingMany("b", 3_000);
        QueueFigures figures = JOBS.jdbi().onDemand(QueueFigures.class);
        assertThat(figures.queues(100, 4_000))
                .extracting(QueueFigures.Queue::ready)
                .containsExactly(2_000L, 2_000L);
        assertThat(figures.queues(1, 4_000))
                .extracting(QueueFigures.Queue::tool)
                .containsExactly("a");
    }

    @Test
    void figuresAreLeftOutAtOnceWhileTheNodeKnowsThatTheDatabaseIsAway() {
        PrometheusRegistry registry = new PrometheusRegistry();
        AtomicBoolean there = new AtomicBoolean(true);
        registry.register(new QueueMetrics(JOBS.jdbi(), new BoundedLabel(10), there::get));
        assertThat(Exposition.of(registry).value("longhaul_queue_figures_up")).isEqualTo(1);
        there.set(false);
        assertThat(Exposition.of(registry).value("longhaul_queue_figures_up")).isZero();
        assertThat(Exposition.of(registry).names()).containsExactly("longhaul_queue_figures_up");
    }

    @Test
    void withoutADatabaseAScrapeSaysSoAndHasNoFigures() {
        Jdbi away = Jdbi.create("jdbc:postgresql://127.0.0.1:1/none?connectTimeout=1")
                .installPlugin(new SqlObjectPlugin());
        Exposition metrics = scrape(away, 10);
        assertThat(metrics.value("longhaul_queue_figures_up")).isZero();
        assertThat(metrics.names()).containsExactly("longhaul_queue_figures_up");
    }
}
