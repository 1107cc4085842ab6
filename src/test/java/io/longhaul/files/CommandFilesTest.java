package io.longhaul.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.Lease;
import io.longhaul.jobs.TestJobs;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.RecordedCall;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.TestTools;
import io.longhaul.tools.ToolContext;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.tools.childprocess.Leftovers;
import io.longhaul.tools.definitions.ToolFiles;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolResult;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands read input files and leave output files, and no file stays on the node. */
class CommandFilesTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private static final String A_FILE =
            "params: {type: object, properties: {file: {type: string, format: longhaul-file}}}";

    @TempDir
    Path root;

    private FileStore store;
    private ToolContext toolContext;

    @BeforeEach
    void open() {
        JOBS.update("TRUNCATE files, file_chunks, job_files");
        store = new FileStore(
                JOBS.jdbi(), new FilesConfiguration(2 << 20, 3 << 20, 20, Duration.ofHours(1), root.toString()));
        toolContext = new ToolContext();
        toolContext.useFolders(new CallFolders(store));
    }

    private RegisteredTool shell(String script, String... settings) {
        return TestTools.one(
                "- type: command\n  name: tool\n  " + String.join("\n  ", settings)
                        + "\n  command:\n  - sh\n  - -c\n  - |\n    " + script.replace("\n", "\n    ")
                        + "\n  - sh\n  - '{outputs}'\n  - '{file}'\n",
                toolContext);
    }

    private StoredFile upload(String name, byte[] content) throws Exception {
        return store.upload(name, "text/plain", new ByteArrayInputStream(content), null);
    }

    private StoredFile upload(String name, String content) throws Exception {
        return upload(name, content.getBytes(StandardCharsets.UTF_8));
    }

    private byte[] content(UUID id, long from, long length) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        store.copy(id, from, length, bytes);
        return bytes.toByteArray();
    }

    private String text(JobFile file) throws IOException {
        return new String(content(file.id(), 0, file.bytes()), StandardCharsets.UTF_8);
    }

    /** Runs a tool as an attempt of a job, which completes if the tool succeeds. */
    private Lease run(RegisteredTool tool, String params) throws Exception {
        Lease lease = JOBS.leased();
        ToolResult result = call(tool, params, lease);
        assertThat(result).isInstanceOf(ToolResult.Success.class);
        JOBS.end(lease, ((ToolResult.Success) result).json());
        return lease;
    }

    private static ToolResult call(RegisteredTool tool, String params, Lease lease) throws Exception {
        return new RecordedCall(params, lease.jobId(), lease.attempt())
                .start(tool)
                .await();
    }

    private ToolResult.Failure failure(RegisteredTool tool, String params) throws Exception {
        ToolResult result = call(tool, params, JOBS.leased());
        assertThat(result).isInstanceOf(ToolResult.Failure.class);
        assertThat(JOBS.count("SELECT count(*) FROM job_files WHERE attempt > 0"))
                .isZero();
        assertThatNothingIsLeft();
        return (ToolResult.Failure) result;
    }

    private void assertThatNothingIsLeft() throws IOException {
        try (Stream<Path> left =
                Files.find(root, 9, (path, attributes) -> path.toString().contains("call-"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void inputsAreReadByTheirPathsAndOutputsAreStored() throws Exception {
        StoredFile file = upload("zwei Wörter 漢😀.txt", "b\nc\na\n");
        Lease lease = run(
                shell("mkdir \"$1/sub dir\"; sort \"$2\" > \"$1/sub dir/ä😀.txt\"; echo \"$2\"", A_FILE),
                "{\"file\": \"" + file.id() + "\"}");
        List<JobFile> outputs = store.outputs(lease.jobId());
        assertThat(outputs).singleElement().satisfies(output -> {
            assertThat(output.place()).isEqualTo("sub dir/ä😀.txt");
            assertThat(output.name()).isEqualTo("ä😀.txt");
            assertThat(output.mediaType()).isEqualTo("text/plain");
            assertThat(text(output)).isEqualTo("a\nb\nc\n");
        });
        assertThat(JOBS.job(lease.jobId()).result()).contains("/inputs/zwei Wörter 漢😀.txt");
        assertThatNothingIsLeft();
    }

    @Test
    void aFileOfManyPiecesComesBackWholeAndInParts() throws Exception {
        byte[] bytes = new byte[FileStore.CHUNK * 3 + 17];
        new Random(1).nextBytes(bytes);
        StoredFile file = upload("random", bytes);
        assertThat(file.bytes()).isEqualTo(bytes.length);
        Lease lease = run(shell("cat \"$2\" > \"$1/copy\"", A_FILE), "{\"file\": \"" + file.id() + "\"}");
        JobFile copy = store.output(lease.jobId(), "copy").orElseThrow();
        assertThat(copy.sha256()).isEqualTo(file.sha256());
        assertThat(content(copy.id(), 0, copy.bytes())).isEqualTo(bytes);
        assertThat(content(copy.id(), FileStore.CHUNK - 5, 10))
                .isEqualTo(Arrays.copyOfRange(bytes, FileStore.CHUNK - 5, FileStore.CHUNK + 5));
        assertThat(JOBS.count("SELECT count(*) FROM file_chunks WHERE file_id = ?", copy.id()))
                .isEqualTo(4);
    }

    @Test
    void emptyFilesAndEmptyFoldersAreFine() throws Exception {
        Lease lease = run(shell("mkdir \"$1/empty\"; : > \"$1/nothing\""), "{}");
        assertThat(store.outputs(lease.jobId())).singleElement().satisfies(file -> {
            assertThat(file.bytes()).isZero();
            assertThat(content(file.id(), 0, 0)).isEmpty();
        });
    }

    @Test
    void aSmallFileMayStandInTheParamsThemselves() throws Exception {
        Lease lease =
                run(shell("cat \"$2\"", A_FILE), "{\"file\": \"data:text/plain;name=a%20b.txt;base64,aGVsbG8gw6Q=\"}");
        assertThat(JOBS.job(lease.jobId()).result()).isEqualTo("\"hello ä\"");
        lease = run(shell("cat \"$2\"; echo \"$2\"", A_FILE), "{\"file\": \"data:,a%20%C3%A4%0A\"}");
        assertThat(JOBS.job(lease.jobId()).result()).startsWith("\"a ä\\n").endsWith("/inputs/input\"");
    }

    @Test
    void filesOfOneNameHaveSeparateFoldersAndAFileIsFetchedOnce() throws Exception {
        StoredFile first = upload("2", "one");
        StoredFile second = upload("2", "two");
        String params = "{\"files\": [\"" + first.id() + "\", \"" + second.id() + "\", \"" + first.id() + "\"]}";
        RegisteredTool tool = TestTools.one("""
                - type: command
                  name: tool
                  command: [sh, -c, 'cat "$@"; cd "$LONGHAUL_INPUTS"; find . -type f | sort', sh, "{files}"]
                  params:
                    type: object
                    properties: {files: {type: array, items: {type: string, format: longhaul-file}}}
                """, toolContext);
        assertThat(((ToolResult.Success) call(tool, params, JOBS.leased())).json())
                .startsWith("\"onetwoone./")
                .contains("./2\\n")
                .hasSize("\"onetwoone./2\\n./3/2\"".length());
    }

    @Test
    void paramsOnStandardInputHoldThePathsAndEveryDigit() throws Exception {
        StoredFile file = upload("a", "x");
        RegisteredTool tool =
                TestTools.one("[{type: command, name: tool, command: [cat], " + A_FILE + "}]", toolContext);
        String json = ((ToolResult.Success) call(tool, "{\"file\": \"" + file.id() + "\", \"n\": 1.10}", JOBS.leased()))
                .json();
        assertThat(json)
                .contains("/inputs/a\"")
                .contains("1.10")
                .doesNotContain(file.id().toString());
    }

    @Test
    void aCallHasPrivateFoldersAndMayWorkInOneOfThem() throws Exception {
        RegisteredTool tool = TestTools.one("""
                - type: command
                  name: tool
                  working_directory: "{outputs}"
                  output: lines
                  command: [sh, -c, 'pwd; echo "$LONGHAUL_OUTPUTS" "$TMPDIR" "$LONGHAUL_WORK"; stat -c %a ..; echo x > y']
                """, toolContext);
        Lease lease = run(tool, "{}");
        assertThat(store.outputs(lease.jobId())).extracting(JobFile::place).containsExactly("y");
        assertThat(JOBS.job(lease.jobId()).result()).contains("/outputs\"", "/tmp ", "/work\"", "\"700\"");
        assertThatNothingIsLeft();
    }

    @Test
    void aMissingFileIsReportedBeforeTheProgramStarts() throws Exception {
        ToolResult.Failure failure =
                failure(shell("echo started", A_FILE), "{\"file\": \"" + UUID.randomUUID() + "\"}");
        assertThat(failure.kind()).isEqualTo(FailureKind.INVALID_PARAMS);
        assertThat(failure.message()).contains("upload it again");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ln -s /etc/passwd \"$1/link\"                           | TOOL_ERROR     | link is a symbolic link",
                "ln -s /etc \"$1/link\"                                  | TOOL_ERROR     | link is a symbolic link",
                "mkfifo \"$1/pipe\"                                      | TOOL_ERROR     | pipe is no file but a named pipe",
                "mkdir \"$1/a\"; mkfifo \"$1/a/pipe\"                    | TOOL_ERROR     | The output a/pipe is no file",
                "echo x > \"$1/$(printf 'a\\nb')\"                       | TOOL_ERROR     | The output a\\u000ab has a name",
                "rm -r \"$1\"; echo x > \"$1\"                           | TOOL_ERROR     | {outputs} of the job was replaced by a file",
                "rm -r \"$1\"; ln -s /etc \"$1\"                         | TOOL_ERROR     | {outputs} of the job was replaced by a symbolic link",
                "mv \"$1\" \"$1.old\"; ln -s \"$1.old\" \"$1\"           | TOOL_ERROR     | {outputs} of the job was replaced by a symbolic link",
                "rm -r \"$1\"; mkfifo \"$1\"                             | TOOL_ERROR     | {outputs} of the job was replaced by a named pipe",
                "rm -r \"$1\"                                          | TOOL_ERROR     | {outputs} of the job was removed",
                "rm -r \"$(dirname \"$1\")\"                            | TOOL_ERROR     | {outputs} of the job was removed",
                "truncate -s 1G \"$1/sparse\"                          | FILE_TOO_LARGE | sparse has 1073741824 bytes",
                "echo x > \"$1/$(printf 'a\\377')\"                      | TOOL_ERROR     | a",
                "mkdir -p \"$1/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17\" | TOOL_ERROR     | more than 16 folders",
                "head -c 2097153 /dev/zero > \"$1/big\"                  | FILE_TOO_LARGE | big has 2097153 bytes",
                "for i in 1 2; do head -c 2000000 /dev/zero > \"$1/$i\"; done | FILE_TOO_LARGE | files.maxJob",
                "for i in $(seq 21); do : > \"$1/$i\"; done              | FILE_TOO_LARGE | more than the 20 output files",
            })
    void whatMayNotBeLeftFailsTheAttemptAndSaysWhy(String script, FailureKind kind, String says) throws Exception {
        ToolResult.Failure failure = failure(shell(script), "{}");
        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.message()).contains(says).doesNotContain(root.toString());
        assertThat(failure.retryable()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "d=\"$1/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16\"; mkdir -p \"$d\"; echo x > \"$d/out\"",
                "rm -r \"$1\"; mkdir \"$1\"; echo x > \"$1/out\""
            })
    void sixteenFoldersAndANewOneForThemAreTaken(String script) throws Exception {
        Lease lease = run(shell(script), "{}");
        assertThat(store.outputs(lease.jobId())).hasSize(1);
    }

    @Test
    void foldersOfAnyDepthAreRemovedAfterTheCall() throws Exception {
        RegisteredTool deep = shell("cd \"$1/../work\" && mkdir -p \"$(head -c 6000 /dev/zero | sed 's|\\x0|d/|g')\"");
        run(deep, "{}");
        assertThatNothingIsLeft();
    }

    @Test
    void aFolderWithoutPermissionsIsOpenedForTheNextCall() throws Exception {
        run(shell("chmod 0 \"$1/../..\""), "{}");
        run(shell("echo x > \"$1/out\""), "{}");
        assertThatNothingIsLeft();
    }

    @Test
    void anAttemptThatFailsLeavesNothing() throws Exception {
        assertThat(failure(shell("echo x > \"$1/half\"; chmod 0 \"$1\"; exit 3"), "{}")
                        .message())
                .contains("code 3");
    }

    @Test
    void processesLeftByAProgramAreKilledBeforeItsFilesAreStored() throws Exception {
        Lease lease = JOBS.leased();
        RecordedCall call = new RecordedCall("{}", lease.jobId(), lease.attempt());
        call.start(shell("setsid sh -c 'while :; do echo more >> \"$0\"; done' \"$1/log\" >/dev/null 2>&1 &\n"
                        + "until [ -s \"$1/log\" ]; do :; done"))
                .await();
        assertThat(Leftovers.of(call)).isEmpty();
        assertThatNothingIsLeft();
    }

    @Test
    void aCancelledCallLeavesNothingOnTheNode() throws Exception {
        Lease lease = JOBS.leased();
        RecordedCall call = new RecordedCall("{}", lease.jobId(), lease.attempt())
                .start(shell("echo x > \"$1/half\"; echo started >&2; sleep 1000"))
                .awaitFirstLine();
        call.cancel();
        call.awaitEnd();
        assertThatNothingIsLeft();
        assertThat(JOBS.count("SELECT count(*) FROM files")).isZero();
    }

    @Test
    void filesOfAnAttemptThatLostItsLeaseNeverShow() throws Exception {
        RegisteredTool tool = shell("echo \"$LONGHAUL_ATTEMPT\" > \"$1/attempt\"; : > \"$1/of-$LONGHAUL_ATTEMPT\"");
        Lease lost = JOBS.leased();
        JOBS.giveBack(lost);
        Lease second = JOBS.claim(JOBS.liveNode());
        assertThat(call(tool, "{}", second)).isInstanceOf(ToolResult.Success.class);
        assertThat(store.outputs(second.jobId())).isEmpty();
        assertThat(JOBS.end(second, "1")).isTrue();
        assertThat(call(tool, "{}", lost)).isInstanceOf(ToolResult.Success.class);
        assertThat(JOBS.end(lost, "2")).isFalse();
        assertThat(store.outputs(second.jobId())).extracting(JobFile::place).containsExactly("attempt", "of-2");
        assertThat(text(store.output(second.jobId(), "attempt").orElseThrow())).isEqualTo("2\n");
        assertThat(store.output(second.jobId(), "of-1")).isEmpty();
    }

    @Test
    void theExamplesSplitAndCompress() throws Exception {
        ToolRegistry examples = ToolRegistry.of(new ToolFiles().load(Path.of("examples/files.yml"), toolContext));
        StoredFile genes = upload("genes.fasta", Files.readAllBytes(Path.of("examples/genes.fasta")));
        RegisteredTool split = examples.find("fasta.split").orElseThrow();
        Lease lease = run(split, "{\"file\": \"" + genes.id() + "\"}");
        assertThat(JOBS.job(lease.jobId()).result()).isEqualTo("{\"sequences\": 3}");
        List<JobFile> parts = store.outputs(lease.jobId());
        assertThat(parts)
                .extracting(JobFile::place)
                .containsExactly("1-INS_CDS.fasta", "2-HBB_CDS.fasta", "3-HBA1_CDS.fasta");
        Lease zipped = run(
                examples.find("file.gzip").orElseThrow(),
                "{\"file\": \"" + parts.get(0).id() + "\"}");
        JobFile zip = store.output(zipped.jobId(), "1-INS_CDS.fasta.gz").orElseThrow();
        try (InputStream content = new GZIPInputStream(new ByteArrayInputStream(content(zip.id(), 0, zip.bytes())))) {
            assertThat(content.readAllBytes())
                    .isEqualTo(content(parts.get(0).id(), 0, parts.get(0).bytes()));
        }
        StoredFile none = upload("none", "ACGT\n");
        assertThat(call(split, "{\"file\": \"" + none.id() + "\"}", JOBS.leased()))
                .isEqualTo(new ToolResult.Failure(
                        FailureKind.TOOL_ERROR, "this is no FASTA file: its first line must begin with >", false));
    }

    @Test
    void anOutageOfTheDatabaseEndsNoCall() throws Exception {
        Gap gap = new Gap(DATABASE.dataSource());
        toolContext.useFolders(new CallFolders(new FileStore(gap.jdbi(), store.configuration())));
        StoredFile file = upload("a", "kept");
        Lease lease = JOBS.leased();
        gap.refuse(3);
        RecordedCall call = new RecordedCall("{\"file\": \"" + file.id() + "\"}", lease.jobId(), lease.attempt());
        call.start(shell("cat \"$2\" > \"$1/copy\"", A_FILE)).await();
        assertThat(gap.refusals()).isZero();
        JOBS.end(lease, "1");
        assertThat(text(store.output(lease.jobId(), "copy").orElseThrow())).isEqualTo("kept");
    }
}
