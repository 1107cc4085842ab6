package io.longhaul.tools.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.tools.RecordedCall;
import io.longhaul.tools.TestTools;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The tools in {@code examples/ncbi.yml}, against a server that answers in the form of the E-utilities. */
final class NcbiExampleTest {
    private static final String FOUND = """
            {"header": {"type": "esearch", "version": "0.3"},
             "esearchresult": {"count": "1", "retmax": "1", "retstart": "0", "idlist": ["13054692"],
              "translationset": [], "querytranslation": "\\"watson jd\\"[Author] AND 1953[Date - Publication]"}}""";

    private static final String SUMMARY = """
            {"header": {"type": "esummary", "version": "0.3"},
             "result": {"uids": ["13054692"],
              "13054692": {"uid": "13054692", "pubdate": "1953 Apr 25", "source": "Nature",
               "authors": [{"name": "WATSON JD", "authtype": "Author", "clusterid": ""},
                           {"name": "CRICK FH", "authtype": "Author", "clusterid": ""}],
               "title": "Molecular structure of nucleic acids; a structure for deoxyribose nucleic acid.",
               "volume": "171", "issue": "4356", "pages": "737-8"}}}""";

    private final StandIn ncbi = new StandIn();
    private ToolRegistry tools;

    @BeforeEach
    void load() throws Exception {
        String yaml = Files.readString(Path.of("examples/ncbi.yml"));
        tools = ToolRegistry.of(TestTools.all(yaml.replace("https://eutils.ncbi.nlm.nih.gov", ncbi.url())));
    }

    @AfterEach
    void stop() {
        ncbi.close();
    }

    @Test
    void aSearchGivesIds() throws Exception {
        ncbi.on("/entrez/eutils/esearch.fcgi", (request, exchange) -> exchange.json(200, FOUND));
        JsonNode result = result("pubmed.search", "{\"query\": \"watson jd[au] AND 1953[dp]\", \"max\": 1}");
        assertThat(result.at("/idlist/0").textValue()).isEqualTo("13054692");
        assertThat(ncbi.only().uri())
                .isEqualTo("/entrez/eutils/esearch.fcgi?db=pubmed&retmode=json&tool=longhaul"
                        + "&term=watson%20jd%5Bau%5D%20AND%201953%5Bdp%5D&retmax=1&sort=relevance");
    }

    @Test
    void articlesAreFetchedByTheirIds() throws Exception {
        ncbi.on("/entrez/eutils/esummary.fcgi", (request, exchange) -> exchange.json(200, SUMMARY));
        JsonNode result = result("pubmed.get", "{\"ids\": [\"13054692\", \"1\"]}");
        assertThat(result.at("/13054692/title").textValue()).startsWith("Molecular structure of nucleic acids");
        assertThat(ncbi.only().method()).isEqualTo("POST");
        assertThat(ncbi.only().body()).isEqualTo("db=pubmed&retmode=json&tool=longhaul&id=13054692%2C1");
    }

    @Test
    void tooFrequentRequestsWait() throws Exception {
        ncbi.on(
                "/",
                (request, exchange) -> exchange.header("Retry-After", "2")
                        .json(429, "{\"error\": \"API rate limit exceeded\", \"count\": \"4\", \"limit\": \"3\"}"));
        ToolResult.Failure failure = (ToolResult.Failure) call("pubmed.search", "{\"query\": \"x\"}");
        assertThat(failure.kind()).isEqualTo(FailureKind.UNAVAILABLE);
        assertThat(failure.message()).endsWith("was answered with 429: API rate limit exceeded");
        assertThat(failure.retryAfter()).isEqualTo(Duration.ofSeconds(2));
    }

    private JsonNode result(String tool, String params) throws Exception {
        ToolResult result = call(tool, params);
        assertThat(result).isInstanceOf(ToolResult.Success.class);
        return RecordedCall.JSON.readTree(((ToolResult.Success) result).json());
    }

    private ToolResult call(String tool, String params) throws Exception {
        assertThat(tools.find(tool).orElseThrow().check(RecordedCall.JSON.readTree(params)))
                .isEmpty();
        return new RecordedCall(params).start(tools.find(tool).orElseThrow()).await();
    }
}
