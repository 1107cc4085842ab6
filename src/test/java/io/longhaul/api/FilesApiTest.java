package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.api.files.Transfers;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.RefusedException;
import io.longhaul.files.CallFolders;
import io.longhaul.files.FilesConfiguration;
import io.longhaul.jobs.ClaimedJob;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.RecordedCall;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.TestTools;
import io.longhaul.tools.ToolContext;
import io.longhaul.tools.spi.ToolResult;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilesApiTest {
    private static final ToolContext SURROUNDINGS = new ToolContext();

    /** Writes its input, sorted, and a copy in a folder under another name. */
    private static final RegisteredTool SORT = TestTools.one("""
            - type: command
              name: echo
              command: [sh, -c, 'sort "$1" > "$2/sorted.txt"; mkdir "$2/a b"; cp "$1" "$2/a b/ä%.html"', sh, "{file}", "{outputs}"]
              params:
                type: object
                properties: {file: {type: string, format: longhaul-file}}
                required: [file]
            """, SURROUNDINGS);

    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, List.of(SORT))
            .withFiles(new FilesConfiguration(1_000_000, 1_000_000, 10, Duration.ofHours(2), ""));

    private static Answer upload(String query, byte[] content, String... headers) {
        var request = SERVER.request("/v1/files" + query).POST(BodyPublishers.ofByteArray(content));
        return SERVER.send(headers.length == 0 ? request : request.headers(headers));
    }

    private static String upload(String content) {
        Answer answer =
                upload("?name=input.txt", content.getBytes(StandardCharsets.UTF_8), "Content-Type", "text/plain");
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return answer.text("/file_id");
    }

    private static Answer submit(String file) {
        return SERVER.post("/v1/jobs", "{\"tool\": \"echo\", \"params\": {\"file\": \"" + file + "\"}}");
    }

    /** Runs a job as a node does. */
    private static void run(String jobId) throws Exception {
        SURROUNDINGS.useFolders(new CallFolders(SERVER.files()));
        ClaimedJob job = SERVER.worker().claim(jobId);
        ToolResult result = new RecordedCall(
                        job.params(), job.lease().jobId(), job.lease().attempt())
                .start(SORT)
                .await();
        assertThat(result).isInstanceOf(ToolResult.Success.class);
        SERVER.worker().complete(job, ((ToolResult.Success) result).json());
    }

    private static String completed(String content) throws Exception {
        String id = submit(upload(content)).text("/job_id");
        run(id);
        return id;
    }

    private static Answer get(String path, String... headers) {
        return SERVER.send(
                headers.length == 0
                        ? SERVER.request(path)
                        : SERVER.request(path).headers(headers));
    }

    @Test
    void aFileIsUploadedAndUsedAndTheOutputIsDownloaded() throws Exception {
        Answer uploaded = upload("?name=w%C3%B6rter%20%F0%9F%98%80.txt", "b\na\n".getBytes(StandardCharsets.UTF_8));
        assertThat(uploaded.status()).isEqualTo(201);
        assertThat(uploaded.text("/name")).isEqualTo("wörter 😀.txt");
        assertThat(uploaded.json("/bytes").asInt()).isEqualTo(4);
        assertThat(uploaded.text("/media_type")).isEqualTo("application/octet-stream");
        assertThat(uploaded.text("/sha256")).matches("[0-9a-f]{64}");
        String fileId = uploaded.text("/file_id");
        assertThat(uploaded.header("Location")).isEqualTo("/v1/files/" + fileId);
        assertThat(get("/v1/files/" + fileId).body()).isEqualTo("b\na\n");

        String job = submit(fileId).text("/job_id");
        assertThat(get("/v1/jobs/" + job + "/files").json("/files")).isEmpty();
        run(job);
        JsonNode list = get("/v1/jobs/" + job + "/files").json();
        assertThat(list.at("/job_id").asText()).isEqualTo(job);
        assertThat(list.at("/files").findValuesAsText("name")).containsExactly("a b/ä%.html", "sorted.txt");
        assertThat(list.at("/files/0/media_type").asText()).isEqualTo("text/html");
        assertThat(list.at("/inputs/0/param").asText()).isEqualTo("/file");
        assertThat(list.at("/inputs/0/name").asText()).isEqualTo("wörter 😀.txt");
        assertThat(list.at("/inputs/0/file_id").asText()).isEqualTo(fileId);
        assertThat(get("/v1/jobs/" + job + "/files/sorted.txt").body()).isEqualTo("a\nb\n");
        // Jetty refuses a percent sign in a path, so the file is read by its id.
        Answer html = get("/v1/files/" + list.at("/files/0/file_id").asText());
        assertThat(html.body()).isEqualTo("b\na\n");
        assertThat(html.header("Content-Disposition"))
                .isEqualTo("attachment; filename=\"__.html\"; filename*=UTF-8''%C3%A4%25.html");
    }

    @Test
    void noBrowserShowsOutputsOfTools() throws Exception {
        Answer file = get("/v1/jobs/" + completed("x\n") + "/files/sorted.txt");
        assertThat(file.status()).isEqualTo(200);
        assertThat(file.header("Content-Type")).isEqualTo("text/plain");
        assertThat(file.header("Content-Length")).isEqualTo("2");
        assertThat(file.header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(file.header("Content-Security-Policy")).contains("sandbox");
        assertThat(file.header("Content-Disposition")).startsWith("attachment; filename=\"sorted.txt\"");
    }

    @Test
    void aKnownFileIsNotSentAgain() {
        String path = "/v1/files/" + upload("known");
        String tag = get(path).header("ETag");
        assertThat(tag).matches("\"[0-9a-f]{64}\"");
        Answer again = get(path, "If-None-Match", tag);
        assertThat(again.status()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        assertThat(get(path, "If-None-Match", "\"other\"").status()).isEqualTo(200);
        Answer head = SERVER.send(SERVER.request(path).method("HEAD", BodyPublishers.noBody()));
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.header("Content-Length")).isEqualTo("5");
    }

    @Test
    void theHeadersOfAFileAreSentWithoutReadingIt() {
        String file = upload("x".repeat(400_000));
        SERVER.jdbi()
                .useHandle(
                        handle -> handle.execute("DELETE FROM file_chunks WHERE file_id = ?", UUID.fromString(file)));
        Answer head = SERVER.send(SERVER.request("/v1/files/" + file).method("HEAD", BodyPublishers.noBody()));
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.header("Content-Length")).isEqualTo("400000");
        assertThat(head.header("Content-Type")).isEqualTo("text/plain");
        assertThat(head.header("ETag")).matches("\"[0-9a-f]{64}\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bytes=0-3           | 206 | 0123       | bytes 0-3/10",
                "bytes=4-            | 206 | 456789     | bytes 4-9/10",
                "bytes=-3            | 206 | 789        | bytes 7-9/10",
                "bytes=8-99          | 206 | 89         | bytes 8-9/10",
                "bytes=0-99          | 200 | 0123456789 |",
                "bytes=-99           | 200 | 0123456789 |",
                "bytes=5-2           | 200 | 0123456789 |",
                "bytes=-             | 200 | 0123456789 |",
                "bytes=0-1,3-4       | 200 | 0123456789 |",
                "pages=0-1           | 200 | 0123456789 |",
            })
    void aRangeOfAFileIsDownloaded(String range, int status, String body, String contentRange) {
        Answer answer = get("/v1/files/" + upload("0123456789"), "Range", range);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.body()).isEqualTo(body);
        assertThat(answer.header("Content-Range")).isEqualTo(contentRange);
        assertThat(answer.header("Accept-Ranges")).isEqualTo("bytes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=10-", "bytes=99-100", "bytes=-0"})
    void anEmptyRangeIsRefused(String range) {
        Answer answer = get("/v1/files/" + upload("0123456789"), "Range", range);
        assertThat(answer.status()).isEqualTo(416);
        assertThat(answer.text("/error_code")).isEqualTo("RANGE_NOT_SATISFIABLE");
        assertThat(answer.header("Content-Range")).isEqualTo("bytes */10");
    }

    @Test
    void aRangeOfAChangedFileGetsTheWholeFile() {
        String path = "/v1/files/" + upload("0123456789");
        assertThat(get(path, "Range", "bytes=1-2", "If-Range", "\"other\"").body())
                .isEqualTo("0123456789");
        assertThat(get(path, "Range", "bytes=1-2", "If-Range", get(path).header("ETag"))
                        .body())
                .isEqualTo("12");
    }

    @Test
    void downloadsAreNeverCompressed() {
        String path = "/v1/files/" + upload("0123456789".repeat(1_000));
        Answer answer = get(path, "Accept-Encoding", "gzip", "Range", "bytes=0-4999");
        assertThat(answer.status()).isEqualTo(206);
        assertThat(answer.header("Content-Length")).isEqualTo("5000");
        assertThat(answer.body()).hasSize(5_000);
    }

    @Test
    void aFileOfManyPiecesIsSentWhole() {
        String content = "0123456789".repeat(90_000);
        String path = "/v1/files/" + upload(content);
        assertThat(get(path).body()).isEqualTo(content);
        assertThat(get(path, "Range", "bytes=262140-262149").body()).isEqualTo("0123456789");
    }

    @Test
    void aFileThatIsTooLargeIsRefusedWithOrWithoutLength() {
        byte[] large = new byte[1_000_001];
        for (Answer answer : List.of(
                upload("", large),
                SERVER.send(SERVER.request("/v1/files")
                        .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large)))))) {
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.text("/error_code")).isEqualTo("FILE_TOO_LARGE");
            assertThat(answer.text("/message")).contains("1000000 bytes").contains("files.maxFile");
        }
    }

    @Test
    void formsAndInvalidNamesAreRefused() {
        Answer form = upload("", new byte[1], "Content-Type", "multipart/form-data; boundary=x");
        assertThat(form.status()).isEqualTo(415);
        assertThat(form.text("/message")).contains("--data-binary");
        for (String name : List.of("..", "a%2Fb", "a%0Ab", "%20")) {
            Answer answer = upload("?name=" + name, new byte[1]);
            assertThat(answer.status()).as(name).isEqualTo(422);
            assertThat(answer.text("/errors/0/pointer")).isEqualTo("/name");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "text/csv; charset=utf-8           | text/csv; charset=utf-8",
                "application/x-www-form-urlencoded | application/octet-stream",
                "application/x; a=\"b\"           | application/octet-stream",
            })
    void aValidMediaTypeIsKept(String sent, String kept) {
        Answer answer = upload("", new byte[] {'x'}, "Content-Type", sent);
        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.text("/media_type")).isEqualTo(kept);
        assertThat(answer.text("/name")).isEqualTo("file");
        assertThat(get("/v1/files/" + answer.text("/file_id"))
                        .header("Content-Type")
                        .replace(";", "; ")
                        .replace("  ", " "))
                .isEqualTo(kept);
    }

    @Test
    void unknownResourcesAreNotFound() throws Exception {
        String job = completed("x");
        for (String path : List.of(
                "/v1/files/nonsense",
                "/v1/files/" + UUID.randomUUID(),
                "/v1/jobs/" + job + "/files/none",
                "/v1/jobs/" + job + "/files/sorted.txt/x")) {
            Answer answer = get(path);
            assertThat(answer.status()).as(path).isEqualTo(404);
            assertThat(answer.text("/error_code")).isEqualTo("FILE_NOT_FOUND");
        }
        assertThat(get("/v1/jobs/" + UUID.randomUUID() + "/files").text("/error_code"))
                .isEqualTo("JOB_NOT_FOUND");
    }

    @Test
    void aSubmitWithAnUnknownFileIsRefused() {
        Answer answer = submit(UUID.randomUUID().toString());
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.text("/error_code")).isEqualTo("UNKNOWN_FILE");
        assertThat(answer.text("/errors/0/pointer")).isEqualTo("/params/file");
        assertThat(answer.text("/tool")).isEqualTo("echo");
        Answer path = submit("/etc/passwd");
        assertThat(path.status()).isEqualTo(422);
        assertThat(path.text("/error_code")).isEqualTo("INVALID_PARAMS");
    }

    @Test
    void aFileMayGoIntoManyJobsOfABatchAndIntoARetry() throws Exception {
        String file = upload("x");
        String job = "{\"tool\": \"echo\", \"params\": {\"file\": \"" + file + "\"}}";
        String other = job.replace(file, UUID.randomUUID().toString());
        Answer none = SERVER.post("/v1/jobs/batch", "{\"jobs\": [" + job + "," + other + "], \"atomic\": true}");
        assertThat(none.status()).isEqualTo(422);
        assertThat(none.text("/errors/0/pointer")).isEqualTo("/jobs/1/params/file");
        Answer batch = SERVER.post("/v1/jobs/batch", "{\"jobs\": [" + job + "," + job + "]}");
        assertThat(batch.status()).as(batch.body()).isEqualTo(201);
        String first = batch.text("/results/0/job/job_id");
        run(first);
        Answer retry = SERVER.post("/v1/jobs/" + first + "/retry", "");
        assertThat(retry.status()).as(retry.body()).isEqualTo(201);
        assertThat(get("/v1/jobs/" + retry.text("/job_id") + "/files").text("/inputs/0/file_id"))
                .isEqualTo(file);
        int jobs = SERVER.jdbi()
                .withHandle(handle -> handle.select(
                                "SELECT count(*) FROM job_files WHERE attempt = 0 AND file_id = ?",
                                UUID.fromString(file))
                        .mapTo(Integer.class)
                        .one());
        assertThat(jobs).isEqualTo(3);
    }

    @Test
    void anUploadThatIsAboutToExpireIsKeptForItsJob() {
        String file = upload("x");
        SERVER.jdbi()
                .useHandle(handle -> handle.execute(
                        "UPDATE files SET expires_at = NOW() - INTERVAL '1 s' WHERE id = ?", UUID.fromString(file)));
        assertThat(submit(file).status()).isEqualTo(201);
        assertThat(SERVER.files().find(UUID.fromString(file)).orElseThrow().expiresAt())
                .isAfter(Instant.now().plusSeconds(3_600));
    }

    @Test
    void aRepeatedSubmitIsAnsweredWithItsJob() {
        String body =
                "{\"tool\": \"echo\", \"idempotency_key\": \"k\", \"params\": {\"file\": \"" + upload("x") + "\"}}";
        Answer first = SERVER.post("/v1/jobs", body);
        Answer again = SERVER.post("/v1/jobs", body);
        assertThat(List.of(first.status(), again.status())).containsExactly(201, 200);
        assertThat(again.text("/job_id")).isEqualTo(first.text("/job_id"));
    }

    @Test
    void transfersBeyondTheLimitAreRefused() {
        Transfers transfers = new Transfers(1);
        transfers.begin();
        assertThat(org.assertj.core.api.Assertions.catchThrowableOfType(RefusedException.class, transfers::begin)
                        .refusal()
                        .code())
                .isEqualTo(ErrorCode.OVERLOADED);
        transfers.end();
        transfers.begin();
    }
}
