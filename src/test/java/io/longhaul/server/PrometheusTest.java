package io.longhaul.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.longhaul.testing.Await;
import io.longhaul.testing.Exposition;
import io.longhaul.testing.TestDatabase;
import io.longhaul.testing.WholeNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a whole node publishes for Prometheus, and that rules, dashboard and page name nothing else. */
class PrometheusTest {
    private static final Path RULES = Path.of("docs/monitoring/alerts.yml");
    private static final Path RULE_TESTS = Path.of("docs/monitoring/alerts-test.yml");
    private static final Path DASHBOARD = Path.of("docs/monitoring/dashboard.json");
    private static final List<Path> PAGES = List.of(Path.of("docs/metrics.md"), Path.of("docs/operations.md"));

    private static final Pattern NAMED = Pattern.compile("(?<![\\w:])(?:longhaul|jvm|process)_[a-z0-9_]+");
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    private static WholeNode node;
    private static Exposition metrics;

    @BeforeAll
    static void scrapeAfterSomeJobs() throws Exception {
        node = WholeNode.start(DATABASE, "");
        assertThat(submit("{\"tool\": \"ping\"}").contains("completed")).isTrue();
        assertThat(submit("{\"tool\": \"sleep\", \"params\": {\"seconds\": 0}}").contains("completed"))
                .isTrue();
        ask("/mcp", "{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"ping\"}");
        Await.until("the outcomes are counted", Await.LONG, () -> {
            metrics = Exposition.parse(scrape("text/plain"));
            return metrics.labels("longhaul_attempts_ended_total", "tool").containsAll(Set.of("ping", "sleep"));
        });
    }

    @AfterAll
    static void stop() throws IOException {
        node.stop();
    }

    private static String submit(String job) throws Exception {
        return ask("/v1/jobs", job);
    }

    private static String ask(String path, String body) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(node.url() + path))
                                .header("Content-Type", "application/json")
                                .header("Accept", "application/json, text/event-stream")
                                .header("Prefer", "wait=20")
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }

    private static String scrape(String accept) {
        try {
            return HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(node.adminUrl() + "/prometheus"))
                                    .header("Accept", accept)
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void namesFollowTheConventions() {
        assertThat(metrics.types().keySet())
                .allSatisfy(name -> assertThat(name)
                        .matches("(longhaul|jvm|process)_[a-z0-9_]+")
                        .doesNotContainPattern("_(ms|millis|milliseconds|minutes|hours|kilobytes|percent)(_|$)"));
        metrics.types()
                .forEach((name, type) ->
                        assertThat(name.endsWith("_total")).as(name).isEqualTo(type.equals("counter")));
    }

    @Test
    void jobsAndTheirAttemptsAreCountedByTool() {
        assertThat(metrics.value("longhaul_attempts_started_total{tool=\"ping\"}"))
                .isEqualTo(1);
        assertThat(metrics.value("longhaul_attempts_ended_total{outcome=\"completed\",tool=\"ping\"}"))
                .isEqualTo(1);
        assertThat(metrics.value("longhaul_job_wait_seconds_count{tool=\"ping\"}"))
                .isEqualTo(1);
        assertThat(metrics.value("longhaul_attempt_duration_seconds_count{tool=\"sleep\"}"))
                .isEqualTo(1);
        assertThat(metrics.value("longhaul_submit_batch_jobs_sum")).isEqualTo(2);
        assertThat(metrics.value("longhaul_claim_batch_jobs_sum")).isEqualTo(2);
        assertThat(metrics.value("longhaul_outcome_batch_jobs_sum")).isEqualTo(2);
    }

    @Test
    void theNodeTellsItsState() {
        assertThat(metrics.value("longhaul_ready")).isEqualTo(1);
        assertThat(metrics.value("longhaul_schema_state{state=\"ready\"}")).isEqualTo(1);
        assertThat(metrics.value("longhaul_schema_state{state=\"unreachable\"}"))
                .isZero();
        assertThat(metrics.value("longhaul_schema_found_level"))
                .isEqualTo(metrics.value("longhaul_schema_expected_level"))
                .isPositive();
        assertThat(metrics.value("longhaul_condition{condition=\"schema\",state=\"ok\"}"))
                .isEqualTo(1);
        assertThat(metrics.value("longhaul_node_slots")).isEqualTo(4);
        assertThat(metrics.value("longhaul_wakeup_mode{mode=\"notify\"}")
                        + metrics.value("longhaul_wakeup_mode{mode=\"poll\"}"))
                .isEqualTo(1);
        assertThat(metrics.labels("longhaul_build_info", "node")).containsExactly("oslo");
    }

    @Test
    void poolsAnswersAndCallsOfMcpAreMeasured() {
        assertThat(metrics.value("longhaul_database_connections{pool=\"requests\",state=\"active\"}")
                        + metrics.value("longhaul_database_connections{pool=\"requests\",state=\"idle\"}"))
                .isPositive();
        assertThat(metrics.value("longhaul_database_connection_waiters{pool=\"workers\"}"))
                .isZero();
        assertThat(metrics.value("longhaul_http_responses_total{code=\"2xx\"}")).isGreaterThanOrEqualTo(2);
        assertThat(metrics.value("longhaul_http_request_duration_seconds_count"))
                .isGreaterThanOrEqualTo(2);
        assertThat(metrics.value("longhaul_mcp_requests_total{method=\"ping\"}"))
                .isEqualTo(1);
        assertThat(metrics.value("longhaul_webhook_deliveries_pending")).isZero();
    }

    @Test
    void openMetricsIsServedToThoseWhoAskForIt() {
        String text = scrape("application/openmetrics-text; version=1.0.0");
        assertThat(text).endsWith("# EOF\n").contains("# TYPE longhaul_attempts_started counter");
    }

    @Test
    void theDashboardShowsOnlyWhatIsPublished() throws IOException {
        JsonNode dashboard = new ObjectMapper().readTree(DASHBOARD.toFile());
        Set<String> named = new TreeSet<>();
        dashboard.findValuesAsText("expr").forEach(expression -> named.addAll(named(expression)));
        assertThat(named).hasSizeGreaterThan(20);
        assertThat(known()).containsAll(named);
        assertThat(dashboard.get("panels"))
                .allSatisfy(panel -> assertThat(panel.get("title").asText()).isNotEmpty());
    }

    @Test
    void alertsAreMadeOnlyOfWhatIsPublished() throws IOException {
        Set<String> named = new TreeSet<>();
        for (JsonNode alert : alerts()) {
            Set<String> names = named(alert.get("expr").asText());
            assertThat(names.isEmpty() && !alert.get("expr").asText().startsWith("up"))
                    .as(alert.get("alert").asText())
                    .isFalse();
            named.addAll(names);
        }
        assertThat(known()).containsAll(named);
    }

    @Test
    void eachAlertHasASeverityASummaryAndALineInTheRunbook() throws IOException {
        String page = pages();
        for (JsonNode alert : alerts()) {
            String name = alert.get("alert").asText();
            assertThat(alert.at("/labels/severity").asText()).as(name).isIn("critical", "warning");
            assertThat(alert.at("/annotations/summary").asText()).as(name).isNotEmpty();
            assertThat(alert.at("/annotations/runbook").asText()).as(name).endsWith("#" + name.toLowerCase());
            assertThat(page).contains("| <a id=\"" + name.toLowerCase() + "\"></a>`" + name + "` |");
        }
    }

    @Test
    void eachAlertIsShownToFireAndToStaySilent() throws IOException {
        List<JsonNode> tests = YAML.readTree(RULE_TESTS.toFile()).findValues("alert_rule_test");
        Set<String> fires = new TreeSet<>();
        Set<String> silent = new TreeSet<>();
        tests.forEach(test -> test.forEach(one -> (one.path("exp_alerts").isEmpty() ? silent : fires)
                .add(one.get("alertname").asText())));
        Set<String> all =
                alerts().stream().map(alert -> alert.get("alert").asText()).collect(Collectors.toSet());
        assertThat(fires).isEqualTo(all);
        assertThat(silent).isEqualTo(all);
    }

    @Test
    void thePageNamesEachMetric() throws IOException {
        String page = pages();
        assertThat(metrics.types().keySet())
                .filteredOn(name -> name.startsWith("longhaul_"))
                .allSatisfy(name -> assertThat(page).contains("`" + name + "`"));
    }

    @Test
    void thePageGivesEachMetricItsLabels() throws IOException {
        Matcher row =
                Pattern.compile("(?m)^\\| (`longhaul_[^|]+) \\| ([^|]*?) ?\\|").matcher(pages());
        int looked = 0;
        while (row.find()) {
            Set<String> told =
                    row.group(2).isEmpty() ? Set.of() : Set.of(row.group(2).split(", "));
            for (String name : named(row.group(1))) {
                if (metrics.names().contains(name) || metrics.names().contains(name + "_count")) {
                    assertThat(metrics.labelNames(name)).as(name).isEqualTo(told);
                    looked++;
                }
            }
        }
        assertThat(looked).isGreaterThan(40);
    }

    private static List<JsonNode> alerts() throws IOException {
        List<JsonNode> alerts = new ArrayList<>();
        YAML.readTree(RULES.toFile())
                .get("groups")
                .forEach(group -> group.get("rules").forEach(alerts::add));
        assertThat(alerts).hasSizeGreaterThan(15);
        return alerts;
    }

    private static Set<String> named(String expression) {
        return NAMED.matcher(expression)
                .results()
                .map(one -> one.group())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** All names that a node publishes. Some appear with the first failure; {@code TelemetryMetricsTest} makes them. */
    private static Set<String> known() {
        Set<String> names = new TreeSet<>(metrics.names());
        names.addAll(metrics.types().keySet());
        names.addAll(Set.of(
                "longhaul_attempt_failures_total",
                "longhaul_loop_failures_total",
                "longhaul_operations_ended_total",
                "longhaul_operation_jobs_total",
                "longhaul_rows_quarantined_total"));
        return names;
    }

    private static String pages() throws IOException {
        StringBuilder text = new StringBuilder();
        for (Path page : PAGES) {
            text.append(Files.readString(page));
        }
        return text.toString();
    }
}
