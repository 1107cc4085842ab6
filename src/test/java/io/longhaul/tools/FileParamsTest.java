package io.longhaul.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.tools.params.ParamError;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileParamsTest {
    private static final String FILE = "{\"type\": \"string\", \"format\": \"longhaul-file\"}";

    private static JsonNode json(String text) throws Exception {
        return RecordedCall.JSON.readTree(text);
    }

    private static FileParams of(String schema) throws Exception {
        return FileParams.of(json(schema));
    }

    @Test
    void filesAreFoundWhereverTheSchemaSaysSo() throws Exception {
        FileParams files = of("{\"properties\": {\"a\": " + FILE + ", \"b/c~\": {\"items\": " + FILE
                + "}, \"d\": {\"properties\": {\"e\": " + FILE + "}}, \"f\": {}}}");
        JsonNode params = json(
                "{\"d\": {\"e\": \"4\"}, \"a\": \"1\", \"b/c~\": [\"2\", 5, \"3\"], \"f\": \"no\", \"g\": \"no\"}");
        assertThat(files.any()).isTrue();
        assertThat(files.in(params))
                .containsExactly(
                        new FileParams.Place("/a", "1"),
                        new FileParams.Place("/b~1c~0/0", "2"),
                        new FileParams.Place("/b~1c~0/2", "3"),
                        new FileParams.Place("/d/e", "4"));
        assertThat(FileParams.with(params, Map.of("/b~1c~0/2", "/x", "/a", "/y")))
                .isEqualTo(json(params.toString().replace("\"3\"", "\"/x\"").replace("\"1\"", "\"/y\"")));
    }

    @Test
    void theParamsAsAWholeMayBeAFile() throws Exception {
        assertThat(of(FILE).in(json("\"x\""))).containsExactly(new FileParams.Place("", "x"));
        assertThat(FileParams.with(json("\"x\""), Map.of("", "/y"))).isEqualTo(json("\"/y\""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "{}", "{\"properties\": {\"a\": {\"format\": \"uri\"}}}", "{\"items\": false}"})
    void mostToolsHaveNone(String schema) throws Exception {
        assertThat(of(schema).any()).isFalse();
        assertThat(of(schema).in(json("{\"a\": \"x\"}"))).isEmpty();
    }

    @Test
    void noMoreThanAHundredErrorsAreReported() throws Exception {
        FileParams files = of("{\"items\": " + FILE + "}");
        assertThat(files.check(json("[" + "\"\",".repeat(50_000) + "\"\"]")))
                .hasSize(100)
                .last()
                .extracting(ParamError::pointer)
                .isEqualTo("/99");
    }

    @Test
    void paramsThatAreNoFilesAreReportedWithTheirPlace() throws Exception {
        FileParams files = of("{\"items\": " + FILE + "}");
        assertThat(files.check(json("[\"" + UUID.randomUUID() + "\", \"data:,x\", 7]")))
                .isEmpty();
        assertThat(files.check(json("[\"data:,x\", \"/etc/passwd\"]")))
                .singleElement()
                .satisfies(error -> {
                    assertThat(error.pointer()).isEqualTo("/1");
                    assertThat(error.message()).contains("POST /v1/files");
                });
        assertThat(files.check(json("[\"data:text/plain;name=..%2Fx,x\"]"))
                        .get(0)
                        .message())
                .contains("slash");
        assertThat(files.check(json("[\"data:;base64,h\u00e9llo\"]")).get(0).message())
                .contains("cannot be read", "data:;base64,");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "data:,                                    |       | ''",
                "data:,a%20b                               |       | a b",
                "DATA:text/plain;charset=utf-8,%C3%A4ä     |       | ää",
                "data:;NAME=x.txt;base64,aGVsbG8=          | x.txt | hello",
                "data:text/plain;name=%C3%A4;BASE64,aGVs   | ä     | hel",
                "data:;base64,aG Vs%0D%0AbG8=%0A           |       | hello",
                "data:;base64,Pz8-Pz8_                     |       | ??>???",
                "data:;base64,Pz8+Pz8/                     |       | ??>???",
            })
    void dataUrlsAreRead(String url, String name, String text) {
        DataUrl data = DataUrl.parse(url).orElseThrow();
        assertThat(data.name()).isEqualTo(name);
        assertThat(new String(data.bytes(), java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "data:",
                "data:x",
                "date:,x",
                "data:,%",
                "data:,%4",
                "data:,%zz",
                "data:,%+4",
                "data:base64,aGk=",
                "data:;base64,aG!k=",
                "data:;base64,Pz8-Pz8/",
                "data:;base64,aGk=x",
                "data:;base64,a"
            })
    void othersAreNot(String url) {
        assertThat(DataUrl.parse(url)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "ä 漢😀", "-rf", "...", ".hidden", "a;b|c&d"})
    void goodNames(String name) {
        assertThat(FileName.problem(name)).isEmpty();
    }

    @Test
    void badNames() {
        List<String> bad =
                List.of("", " ", ".", "..", "a/b", "a\nb", "a\0", "\u007f", "a\uFFFD", "\uD83D", "ä".repeat(128));
        assertThat(bad).allSatisfy(name -> assertThat(FileName.problem(name)).isPresent());
    }
}
