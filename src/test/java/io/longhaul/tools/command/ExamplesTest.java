package io.longhaul.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.tools.RecordedCall;
import io.longhaul.tools.ToolContext;
import io.longhaul.tools.ToolPolicy;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.tools.definitions.ToolFiles;
import io.longhaul.tools.settings.OnWorkerLoss;
import io.longhaul.tools.settings.Retry;
import io.longhaul.tools.settings.ToolLimits;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tools in {@code examples/} do as described. */
final class ExamplesTest {
    private final ToolRegistry tools =
            ToolRegistry.of(new ToolFiles().load(Path.of("examples/tools.yml"), new ToolContext()));

    @Test
    void fastaStatsMeasuresTheGenes() throws Exception {
        assertThat(call("fasta.stats", "{\"path\": \"examples/genes.fasta\"}"))
                .isEqualTo(new ToolResult.Success("{\"sequences\": 3, \"total_length\": 1206, \"shortest\": 333,"
                        + " \"longest\": 444, \"n50\": 429, \"gc_share\": 0.615257}"));
    }

    @Test
    void fastaStatsReportsInvalidFiles(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("a=b.txt"), "ACGT\n");
        assertThat(call("fasta.stats", "{\"path\": \"" + file + "\"}"))
                .isEqualTo(new ToolResult.Failure(
                        FailureKind.TOOL_ERROR, "this is no FASTA file: its first line must begin with >", false));
        assertThat(((ToolResult.Failure) call("fasta.stats", "{\"path\": \"no/such.fa\"}")).message())
                .startsWith("the file cannot be read");
    }

    @Test
    void fastaStatsHasThePoliciesOfTheGuide() {
        assertThat(tools.find("fasta.stats").orElseThrow().policy())
                .isEqualTo(new ToolPolicy(
                        Duration.ofMinutes(10),
                        4,
                        new Retry(3, Duration.ofSeconds(5), Duration.ofMinutes(5), 2, 0.2),
                        OnWorkerLoss.RETRY,
                        3,
                        16 * 1024 * 1024,
                        ToolLimits.NONE,
                        null));
    }

    @Test
    void checksumReportsEachChunk(@TempDir Path folder) throws Exception {
        Path file = Files.write(folder.resolve("data"), new byte[5 * 1024 * 1024]);
        RecordedCall call = new RecordedCall("{\"path\": \"" + file + "\", \"chunk_mib\": 2}");
        ToolResult result =
                call.start(tools.find("file.checksum").orElseThrow()).await();
        assertThat(((ToolResult.Success) result).json())
                .startsWith("{\"bytes\": 5242880, \"chunk_mib\": 2, \"crc\": [");
        assertThat(call.progress())
                .containsExactly(
                        new RecordedCall.Progress(0.33, "chunk 1 of 3"),
                        new RecordedCall.Progress(0.66, "chunk 2 of 3"),
                        new RecordedCall.Progress(1, "chunk 3 of 3"));
        assertThat(call.lines()).containsExactly("5242880 bytes in 3 chunks");
    }

    private ToolResult call(String tool, String params) throws Exception {
        assertThat(tools.find(tool).orElseThrow().check(RecordedCall.JSON.readTree(params)))
                .isEmpty();
        return new RecordedCall(params).start(tools.find(tool).orElseThrow()).await();
    }
}
