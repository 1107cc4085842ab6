package io.longhaul.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.longhaul.api.ApiConfiguration;
import io.longhaul.api.ApiServer;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.inprocess.BuiltIn;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.Help.Ansi;

/** What commands do to views, endpoints and tools, and show of jobs, against the real API. */
class RemoteActionsTest {
    private static final String SECRET = "whsec_" + "A".repeat(32);

    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, BuiltIn.tools()).withRemote();

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private String in = "";

    private String run(int exit, String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        err.reset();
        Shell shell = new Shell(
                Map.of("LONGHAUL_URL", "http://127.0.0.1:" + SERVER.port()),
                new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
                out,
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Ansi.OFF,
                Terminals.NONE,
                s -> {
                    throw new AssertionError("shown again");
                });
        assertThat(new RemoteCommands(shell).run(List.of(words))).as(this::said).isEqualTo(exit);
        return out.toString(StandardCharsets.UTF_8);
    }

    private String good(String... words) {
        return run(ExitCode.DONE, words).stripTrailing();
    }

    private String refused(String... words) {
        run(ExitCode.REFUSED, words);
        return said();
    }

    private String said() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aViewIsSavedListedShownAndDeleted() {
        assertThat(good("view", "save", "my failures", "status=failed&since=24h"))
                .isEqualTo("my failures saved");
        assertThat(good("view", "save", "all failures", "status=failed", "--shared", "--json"))
                .contains("\"shared\":true");
        assertThat(good("view", "list"))
                .isEqualTo(good("view"))
                .containsPattern("all failures +all +status=failed")
                .containsPattern("my failures +you +status=failed&since=24h");
        assertThat(good("view", "--json"))
                .isEqualTo(good("view", "list", "--json"))
                .hasLineCount(2);
        assertThat(good("view", "show", "my failures")).contains("query            status=failed&since=24h");
        assertThat(good("view", "show", "all failures", "--shared", "--json")).contains("\"status=failed\"");
        assertThat(refused("view", "show", "all failures")).contains("a view that all see: add --shared");
        assertThat(refused("view", "delete", "my failures", "--shared")).contains("your own view: leave out --shared");
        assertThat(refused("view", "show", "none")).contains("no view named");
        assertThat(refused("view", "save", "bad", "status=nothing")).contains("status");
        assertThat(good("view", "save", "für alle", "status=failed")).isEqualTo("für alle saved");
        assertThat(good("view", "delete", "für alle")).isEqualTo("für alle deleted");
        assertThat(good("view", "delete", "my failures")).isEqualTo("my failures deleted");
        assertThat(good("view", "delete", "all failures", "--shared", "--json"))
                .isEqualTo("{\"name\":\"all failures\",\"deleted\":true}");
        assertThat(refused("view", "delete", "my failures")).contains("no view named");
        assertThat(good("view")).isEmpty();
    }

    /** It may come later, or be gone. */
    @Test
    void aToolThatIsNotThereIsSaid() {
        for (String words :
                List.of("stats --tool pign", "failure --tool pign", "webhook create https://a.example --tool pign")) {
            good(words.split(" "));
            assertThat(said()).as(words).contains("no tool of this name", "Did you mean ping?");
            good(words.replace("pign", "ping").split(" "));
            assertThat(said()).as(words).doesNotContain("no tool");
        }
        assertThat(refused("stats", "--tool", "")).isEqualTo("stats: TOOL is empty.\n");
    }

    @Test
    void anEndpointKeepsItsSecretAndIsShownAndChanged() {
        String made = good("webhook", "create", "https://example.org/hooks", "--secret", SECRET);
        String id = made.lines().findFirst().orElseThrow();
        assertThat(made).endsWith("\nsecret " + SECRET);
        assertThat(good("webhook", "show", id))
                .contains("url              https://example.org/hooks", "status           active")
                .doesNotContain("whsec_");
        assertThat(good("webhook", "change", id, "{\"events\": [\"job.failed\"], \"description\": \"ours\"}"))
                .isEqualTo(id + " changed");
        assertThat(good("webhook", "show", id)).contains("events           job.failed\n", "description      ours");
        assertThat(refused("webhook", "change", id, "{\"events\": [\"job.begun\"]}"))
                .contains("events must be");
        assertThat(refused("webhook", "change", id, "events")).contains("the change is not JSON");
        in = SECRET.replace('A', 'B') + "\n";
        assertThat(good("webhook", "rotate-secret", id, "--secret", "-"))
                .endsWith("secret " + SECRET.replace('A', 'B'));
        assertThat(refused("webhook", "rotate-secret", id, "--secret", "@/no/such/file"))
                .contains("--secret @/no/such/file cannot be read: there is no such file");
    }

    @Test
    void aToolThatAWorkerBroughtIsDeleted() {
        SERVER.send(SERVER.request("/v1/workers")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"name\": \"w\", \"tools\": [{\"name\": \"brought\"}]}")));
        good("job", "submit", "brought");
        assertThat(refused("tool", "delete", "brougth")).contains("Did you mean brought?");
        assertThat(refused("tool", "delete", "brought"))
                .contains("operation create cancel --tool brought`", "tool delete brought --force`.")
                .doesNotContain("force=true", "/v1/");
        assertThat(good("tool", "delete", "brought", "--force")).isEqualTo("brought deleted");
        refused("tool", "show", "brought");
        refused("tool", "delete", "ping");
    }

    @Test
    void aJobHasAllMembersOfTheApi() {
        String first = good("job", "submit", "echo");
        String second = good(
                "job",
                "submit",
                "echo",
                "--after=" + first,
                "--after-any",
                "--retry={\"backoff\": \"1m\"}",
                "--on-worker-loss=fail",
                "--webhook=https://example.org/own",
                "--set={\"priority\": 7, \"max_attempts\": 5, \"tool\": \"sleep\"}",
                "--priority=9");
        assertThat(good("job", "get", second, "--json"))
                .contains(
                        "\"tool\":\"echo\"",
                        "\"priority\":9",
                        "\"max_attempts\":5",
                        "\"backoff\":\"60s\"",
                        "\"on_worker_loss\":\"fail\"",
                        "https://example.org/own");
        assertThat(good("job", "chain", second))
                .containsPattern(second + " +pending +0 .*" + first)
                .containsPattern(first + " +pending +1 ");
        assertThat(good("job", "chain", second, "--json")).hasLineCount(2);
        good("job", "cancel", second);
        assertThat(good("job", "deliveries", second)).containsPattern("pending +job.cancelled");
        assertThat(good("job", "deliveries", second, "--json")).contains("\"job_id\":\"" + second);
        good("job", "deliveries", first);
        assertThat(said()).isEqualTo("Nothing was sent.\n");
    }

    @Test
    void aJobIsToldToAnEndpointByItsIdOrInDetail() {
        String endpoint = good("webhook", "create", "https://example.org/", "--tool", "none")
                .lines()
                .findFirst()
                .orElseThrow();
        assertThat(good("job", "submit", "echo", "--webhook", endpoint, "--json"))
                .contains("\"id\":\"" + endpoint);
        assertThat(good(
                        "job",
                        "submit",
                        "echo",
                        "--webhook={\"id\": \"" + endpoint + "\", \"events\": [\"job.failed\"]}",
                        "--json"))
                .contains("\"events\":[\"job.failed\"]");
        good("job", "chain", good("job", "submit", "echo"));
        assertThat(said()).isEqualTo("The job is in no chain.\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            job submit echo --retry x            | --retry is not JSON
            job submit echo --webhook {          | --webhook is not JSON
            job submit echo --set []             | --set must be a JSON object
            job submit echo --webhook nowhere    | webhook/url must be an address
            job submit echo --on-worker-loss x   | on_worker_loss must be one of retry, fail.
            schedule create n x echo --overlap skpi | must be one of allow, skip: did you mean skip?
            webhook create https://a.b --event job.complete | : did you mean job.completed?
            job list --status faild              | with commas: did you mean failed?
            job submit echo --on-worker-los fail | Did you mean --on-worker-loss?
            view sve x                           | Did you mean save?
            webhook chnge x                      | Did you mean change?
            tool delte x                         | Did you mean delete?
            view --server none delete x          | write --server behind the action delete
            view --json list                     | write --json behind the action list
            view --watch list                    | write --watch behind the action list
            view --watch delete x                | the action delete has no --watch
            job chian x                          | Did you mean chain?
            job deliverys x                      | Did you mean deliveries?
            job logs ID --last 0                 | "0" is no number of lines
            job logs ID --last 5 --follow        | leave out --follow
            job chain ID                         | not found
            """)
    void whatIsWrongIsSaid(String words, String message) {
        assertThat(refused(words.replace("ID", "5f0c9a1b-e24d-4783-8d5c-000000000000")
                        .split(" +")))
                .contains(message);
    }

    /** The server's texts are for clients of its HTTP API. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            job submit pign                        | `java -jar app.jar tool list` lists those there are.
            tool show pign --url URL               | `java -jar app.jar tool list --url URL` lists those
            operation show ID --url a:1,URL        | `java -jar app.jar operation list --url a:1,URL` lists those
            schedule create taken 0,2,*,*,* echo   | change that one with `java -jar app.jar schedule change ID JSON`.
            """)
    void aCureIsACommandForTheSameServer(String words, String cure) {
        good("schedule", "create", "taken", "0 2 * * *", "echo", "--json");
        String url = "http://127.0.0.1:" + SERVER.port();
        String[] given = Stream.of(words.split(" +"))
                .map(word -> word.replace("ID", "5f0c9a1b-e24d-4783-8d5c-000000000000")
                        .replace("URL", url)
                        .replace("a:1", "http://127.0.0.1:1")
                        .replaceAll("^0,.*", "0 2 * * *"))
                .toArray(String[]::new);
        assertThat(refused(given))
                .contains(cure.replace("URL", url).replace("a:1", "http://127.0.0.1:1"))
                .doesNotContain("/v1/");
        run(ExitCode.DONE, "schedule", "delete", "taken");
    }

    @Test
    void aKeyMakesOneJobOfRepeatedRetriesAndRuns() {
        String ended = good("job", "submit", "echo");
        good("job", "cancel", ended);
        String again = good("job", "retry", ended, "--idempotency-key", "again");
        assertThat(good("job", "retry", ended, "--idempotency-key", "again"))
                .isEqualTo(again)
                .isNotEqualTo(ended);
        assertThat(good("job", "retry", ended)).isNotEqualTo(again);
        String schedule = good("schedule", "create", "by hand", "0 2 1 1 *", "echo");
        String run = good("schedule", "run", schedule, "--idempotency-key", "now");
        assertThat(good("schedule", "run", schedule, "--idempotency-key", "now"))
                .isEqualTo(run);
        assertThat(good("schedule", "run", schedule)).isNotEqualTo(run);
    }

    @Test
    void aTextThatLooksLikeJsonIsAnsweredWithHowToWriteIt() {
        SERVER.send(
                SERVER.request("/v1/workers")
                        .header("Content-Type", "application/json")
                        .POST(
                                BodyPublishers.ofString(
                                        "{\"name\": \"w\", \"tools\": [{\"name\": \"says\", \"params\":"
                                                + " {\"type\": \"object\", \"properties\": {\"text\": {\"type\": \"string\"}, \"n\": {\"maximum\": 2}}}}]}")));
        for (String value : List.of("3", "true", "-5", "null")) {
            assertThat(refused("job", "submit", "says", "text=" + value))
                    .contains(
                            "string expected",
                            "  A value that is JSON is sent as JSON. For a text write 'text=\"" + value + "\"'\n");
        }
        assertThat(refused("schedule", "create", "n", "0 2 * * *", "says", "text={\"a\": 1}"))
                .contains("For a text write 'text=\"{\\\"a\\\": 1}\"'\n");
        assertThat(refused("job", "submit", "says", "n=3")).doesNotContain("For a text");
        assertThat(good("job", "get", good("job", "submit", "says", "text=\"3\"")))
                .contains("{\"text\":\"3\"}");
    }

    @Test
    void aScheduleIsFoundByItsName() {
        String name = "count each minute";
        String id = good("schedule", "create", name, "0 2 1 1 *", "echo");
        assertThat(good("schedule", "pause", name)).isEqualTo(name + " paused");
        assertThat(good("schedule", "resume", name)).isEqualTo(name + " resumed");
        assertThat(good("schedule", "change", name, "{\"cron\": \"0 3 1 1 *\"}"))
                .isEqualTo(name + " changed");
        assertThat(good("schedule", "show", name)).contains(id, "0 3 1 1 *", "overlap          allow");
        String job = good("schedule", "run", name);
        assertThat(good("job", "list", "--schedule", name)).contains(job);
        assertThat(good("operation", "create", "cancel", "--schedule", name, "--dry-run"))
                .isEqualTo("1");
        assertThat(refused("schedule", "show", "count each minut"))
                .isEqualTo("schedule show: there is no schedule with the name or id \"count each minut\"."
                        + " Did you mean \"count each minute\"? schedule list shows those there are.\n");
        assertThat(good("schedule", "delete", name)).isEqualTo(name + " deleted");
        assertThat(refused("schedule", "pause", id)).contains("not found");
    }

    @Test
    void aPartOfAnIdIsAnsweredWithWhereTheWholeIs() {
        assertThat(refused("job", "get", "e42a2091"))
                .contains("\"e42a2091\" is not an id: an id has 36 characters. Lists such as job list show it;");
    }

    @Test
    void helpIsShownOnceAlsoIfItIsWatched() {
        assertThat(good("job", "list", "--watch", "--help")).contains("job list ");
        assertThat(good("view", "--watch", "--help")).contains("view [OPTIONS]\n", "view ACTION [OPTIONS]\n");
    }

    @Test
    void paramsMayBeAmongTheMoreMembers() {
        String[] submit = {"job", "submit", "echo", "--set={\"params\": {\"a\": 1}}"};
        assertThat(good("job", "get", good(submit))).contains("params     {\"a\":1}");
        String pair = good("job", "submit", "echo", "b=2", submit[3]);
        assertThat(good("job", "get", pair)).contains("params     {\"b\":2}");
    }

    @Test
    void aMisspeltMemberOfAJobIsSaid() {
        good("job", "submit", "echo", "--set", "{\"priorty\": 3}");
        assertThat(said()).contains("/priorty ", "did you mean priority?");
    }

    @Test
    void theEndOrAPartOfALogIsShown() {
        String job = good("job", "submit", "echo");
        SERVER.worker()
                .log(
                        SERVER.worker().claim(job),
                        IntStream.rangeClosed(1, 1_500)
                                .mapToObj(i -> "line " + i)
                                .toArray(String[]::new));
        List<String> all = good("job", "logs", job, "--raw").lines().toList();
        assertThat(all).hasSize(1_500).startsWith("line 1").endsWith("line 1500");
        assertThat(good("job", "logs", job, "--raw", "--last", "2")).isEqualTo("line 1499\nline 1500");
        assertThat(good("job", "logs", job, "--raw", "--last", "1200").lines()).isEqualTo(all.subList(300, 1_500));
        String number =
                good("job", "logs", job, "--json", "--search", "line 1200").replaceAll("\\D*(\\d+).*", "$1");
        assertThat(good("job", "logs", job, "--raw", "--before", number, "--last", "1"))
                .isEqualTo("line 1199");
        assertThat(good("job", "logs", job, "--raw", "--before", number).lines())
                .isEqualTo(all.subList(0, 1_199));
        assertThat(good("job", "logs", job, "--raw", "--before", number, "--search", "LINE 119", "--last", "2"))
                .isEqualTo("line 1198\nline 1199");
    }

    @Test
    void figuresAreBoundsUntilTheLastWholeMinute() throws IOException {
        assertThat(good("stats"))
                .containsPattern("\ncounted until 20\\S+:00Z: each minute is added once it is over\nnow: ");
        assertThat(good("stats", "--since", "3h", "--until", "1h")).doesNotContain("counted until");
        JsonNode spread = new ObjectMapper()
                .readTree("{\"a\": 10000, \"b\": 300, \"c\": 100000, \"last\": 1000000000, \"none\": null}");
        assertThat(Stream.of("a", "b", "c", "last", "none").map(name -> ServerCommands.Stats.bound(spread, name)))
                .containsExactly("≤10s", "≤300ms", "≤1m40s", ">83h20m", "");
    }

    @Test
    void figuresAndFailuresEndAtATime() {
        good("job", "submit", "echo");
        assertThat(good("stats", "--since", "3h", "--until", "1h", "--json")).contains("\"submitted\":0");
        assertThat(good("stats", "--since", "3h", "--to", "1h")).startsWith("FROM");
        good("failure", "--since", "3h", "--until", "1h");
        assertThat(said()).isEqualTo("No job failed.\n");
        assertThat(refused("failure", "--since", "1h", "--until", "3h")).contains("until");
    }
}
