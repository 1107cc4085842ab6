package io.longhaul.api.description;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The stored description of the API, the table of its errors and the types of the clients equal those that the code generates. Run with
 * {@code -Dlonghaul.snapshot=write} to write them anew.
 */
class OpenApiTest {
    private static final Path DOCUMENT = Path.of("src/main/resources/openapi.json");
    private static final Path ERRORS = Path.of("docs/errors.md");
    private static final Path PYTHON = Path.of("src/clients/python/src/longhaul/types.py");
    private static final Path TYPESCRIPT = Path.of("src/clients/typescript/src/types.ts");
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void theDocumentIsWhatTheCodeMakes() throws Exception {
        JsonNode made = ApiDescription.document();
        assertIsCurrent(DOCUMENT, JSON.writer(printer()).writeValueAsString(made) + "\n");
    }

    /** Methods that the server calls itself may have the name of an operation. */
    @Test
    void everyOperationHasASummaryOfItsOwnForThoseWhoCallIt() {
        List<String> summaries = new ArrayList<>();
        for (JsonNode path : ApiDescription.document().get("paths")) {
            path.forEach(operation -> summaries.add(operation.path("summary").asText()));
        }
        assertThat(summaries)
                .doesNotHaveDuplicates()
                .allSatisfy(summary -> assertThat(summary)
                        .isNotBlank()
                        .doesNotContainIgnoringCase("the same for", "inside the server", "may be null"));
    }

    @Test
    void theTableOfErrorsIsWhatTheCodeMakes() throws Exception {
        assertIsCurrent(ERRORS, ErrorTable.markdown(SourceDocs.of(Path.of("src/main/java/io/longhaul"))));
    }

    /** Statements write these names as text. */
    @Test
    void everyCodeThatAStatementGivesAJobIsInTheTable() throws Exception {
        String table = Files.readString(ERRORS);
        Pattern written = Pattern.compile("error_code\\s*=\\s*'([A-Z_]+)'");
        try (Stream<Path> files = Files.walk(Path.of("src/main/java/io/longhaul/jobs/sql"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                written.matcher(Files.readString(file))
                        .results()
                        .forEach(code -> assertThat(table).as("%s", file).contains("`" + code.group(1) + "`"));
            }
        }
    }

    @Test
    void theTypesOfTheClientsAreWhatTheCodeMakes() throws Exception {
        JsonNode document = ApiDescription.document();
        assertIsCurrent(PYTHON, ClientTypes.of(document, new PythonTypes()));
        assertIsCurrent(TYPESCRIPT, ClientTypes.of(document, new TypeScriptTypes()));
    }

    @Test
    void theDocumentIsOpenApi() throws Exception {
        try (InputStream schema = getClass().getResourceAsStream("/openapi/schema-3.1.json")) {
            JsonNode document = ApiDescription.document();
            assertThat(SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                            .getSchema(JSON.readTree(schema))
                            .validate(document))
                    .isEmpty();
        }
    }

    private static void assertIsCurrent(Path file, String made) throws Exception {
        if ("write".equals(System.getProperty("longhaul.snapshot"))) {
            Files.writeString(file, made);
        }
        assertThat(Files.exists(file) ? Files.readString(file) : "")
                .as("%s; run this test with -Dlonghaul.snapshot=write and look at the change", file)
                .isEqualTo(made);
    }

    private static DefaultPrettyPrinter printer() {
        DefaultIndenter lines = new DefaultIndenter("  ", "\n");
        return new DefaultPrettyPrinter(
                        Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER))
                .withObjectIndenter(lines)
                .withArrayIndenter(DefaultPrettyPrinter.FixedSpaceIndenter.instance);
    }
}
