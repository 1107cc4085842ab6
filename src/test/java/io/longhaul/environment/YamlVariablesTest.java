package io.longhaul.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class YamlVariablesTest {
    private static final List<String> UNQUOTED = List.of(
            "a: ${X}",
            "a: ${X:-}",
            "a: ${X} # ${X}",
            "{a: ${X}, b: 1}",
            "a: !!str ${X}",
            "a: ${NOT:-${X}}",
            "a: ${Y${Z:-}:-${X}}");

    private static final List<String> QUOTED =
            List.of("a: \"${X}\"", "a: '${X}'", "{a: \"${X}\"}", "a: |-\n  ${X}\nb: ${X}", "a: >-\n  ${X}");

    private static JsonNode read(String yaml, String value) throws JsonProcessingException {
        String text = new YamlVariables(Map.of("X", value, "HOME", "/root")::get)
                .setEnableSubstitutionInVariables(true)
                .replace(yaml);
        return new YAMLMapper().readTree(text);
    }

    static Stream<String> values() {
        return Stream.of(
                "#Pq7xy",
                "&foo",
                "!foo",
                "~",
                "null",
                "*foo",
                "\"foo",
                "foo'",
                "\"foo'",
                "it's",
                "ab #c",
                "0123",
                "0x10",
                "1_000",
                "1e3",
                "1.50",
                "-0",
                "+5",
                "1:30",
                "2024-01-01",
                "True",
                "yes",
                "a${HOME}b",
                "$${HOME}",
                "${X}",
                "%YAML",
                "@at",
                "[a]",
                "[a",
                "{a: b}",
                "{a",
                "a}",
                "|",
                ">x",
                ",x",
                "`x`",
                "? x",
                "- x",
                "---",
                "tops3cret: x",
                "tops3cret:",
                "a\\nb\\",
                "\"",
                "two\n  lines: b",
                "a\tb",
                "a \u0085",
                "\u007f\u0001\u0085\u2028\uFEFF\uFFFE",
                "p\u00e4ssw\u00f6rd \uD83D\uDE00",
                "\uE0000\uE001");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("values")
    void aValueStaysTheTextThatItIs(String value) throws Exception {
        for (String way : UNQUOTED) {
            assertText(way, value, value);
        }
        for (String around : List.of("", " ", "\"", "'")) {
            for (String way : QUOTED) {
                assertText(way, around + value + around, around + value + around);
            }
        }
    }

    private static void assertText(String yaml, String value, String expected) throws JsonProcessingException {
        JsonNode a = read(yaml, value).path("a");
        assertThat(a.isTextual()).as(yaml).isTrue();
        assertThat(a.textValue()).as(yaml).isEqualTo(expected);
    }

    /** Env files of Docker and the lists of compose keep them. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("values")
    void quotesAndBlanksAroundAnUnquotedValueAreTakenOff(String value) throws Exception {
        for (String way : UNQUOTED) {
            assertText(way, " " + value + " \t", value);
            assertText(way, "\"" + value + "\"", value);
            assertText(way, " '" + value + "' ", value);
            assertText(way, "\" " + value + " \"", " " + value + " ");
            assertText(way, "'\"" + value + "\"'", "\"" + value + "\"");
        }
        assertText("a: ${X}", "\"80\"", "80");
        assertText("a: ${X}", "\"\"", "");
        assertThat(read("a: ${X}", "80 ").path("a").isInt()).isTrue();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("values")
    void aValueWithinALongerTextIsAPartOfThisText(String value) throws Exception {
        for (String quote : List.of("", "'", "\"")) {
            String text = "a: " + quote + "http://${X}:${NOT:-80}/${X}" + quote + "\nb: ${NOT:-1}";
            assertThat(read(text, value).path("a").textValue()).as(text).isEqualTo("http://" + value + ":80/" + value);
            assertThat(read(text, value).path("b").isInt()).isTrue();
        }
    }

    /** Those whose text is the same in every way: settings without a type of their own keep theirs. */
    @ParameterizedTest
    @ValueSource(strings = {"0", "80", "-7", "true", "false", "1.5", "123456789012345678"})
    void numbersAndTruthValuesAreWhatTheyAre(String value) throws Exception {
        assertThat(read("a: ${X}", value).path("a").isTextual()).isFalse();
        assertThat(read("a: ${X}", value).path("a").asText()).isEqualTo(value);
        assertThat(read("a: \"${X}\"", value).path("a").textValue()).isEqualTo(value);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "[${X}]     | a, #b,*c | ['a', '#b', '*c']",
                "[${X}]     | a        | ['a']",
                "[${X:-}]   | ,        | []",
                "[b, ${X}]  | 1, a: b  | ['b', 1, 'a: b']",
                "[${X}]     | \"a, b\" | ['a', 'b']",
                "[${X}]     | \"a\",\"b\" | ['a', 'b']",
                "[\"${X}\"] | a,b      | ['a,b']",
                "[x${X}]    | a,b      | ['xa,b']",
                "[{c: ${X}}]| a,b      | [{c: 'a,b'}]",
                "[c: ${X}]  | a,b      | [{c: 'a,b'}]",
                "[${X}: c]  | a,b      | [{'a,b': c}]",
                "[[1], ${X}]| a,b      | [[1], 'a', 'b']",
                "{c: [], d: ${X}}| a,b | {c: [], d: 'a,b'}",
            })
    void commasSeparateTheUnquotedEntriesOfAList(String yaml, String value, String expected) throws Exception {
        assertThat(read("a: " + yaml, value).path("a")).isEqualTo(new YAMLMapper().readTree(expected));
    }

    @Test
    void whatIsNotSetAndWhatIsEmptyHasNoValue() throws Exception {
        assertThat(read("a: ${NOT:-}\nb: ${X}", "c").path("a").isNull()).isTrue();
        assertThat(read("a: ${X}", "").path("a").isNull()).isTrue();
        assertThat(read("a: \"${X}\"", "").path("a").textValue()).isEmpty();
        assertThat(read("a: ${NOT}\nb: ${X}", "c").path("a").textValue()).isEqualTo("${NOT}");
        assertThat(read("a: $${X}\nb: ${X}", "c").path("a").textValue()).isEqualTo("${X}");
        assertThat(read("a: ${NOT:-[1, ${X}]}", "c").path("a")).hasToString("[1,\"c\"]");
    }

    @Test
    void aLineBreakAtTheEndIsDropped() throws Exception {
        assertThat(read("a: ${X}", "secret\r\n").path("a").textValue()).isEqualTo("secret");
    }

    @Test
    void linesKeepTheirNumbers() {
        String filled =
                new YamlVariables(name -> "a\nb").replace("a: |\n  ${X}\n  more\nb: '${X}\n  c'\nd: ${X}\ne: 1\n");
        assertThat(filled.lines().toList().indexOf("e: 1")).isEqualTo(6);
    }

    /** The file is wrong, and the message quotes it. */
    @Test
    void aBrokenFileShowsNoValue() {
        assertThat(new YamlVariables(name -> "tops3cret").replace("# ${X}\na: ]${X}\nb: \"\nc: ${Y}\n"))
                .doesNotContain("a: ]${X}", "c: tops3cret")
                .endsWith("c: ${Y}\n");
    }

    @Test
    void aMistakeThatOnlyAVariableMakesIsReported() {
        assertThatThrownBy(() -> read("a: \"\\${X}\"\nb: ${HOME}", "c")).isInstanceOf(JsonProcessingException.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void oneThatIsNotClosedHidesNoLaterLine(boolean nested) {
        String yaml = "# the ${ of shells\na: sed 's/${//' ${X:-\r\nb: ${X}\n\n# ${X}";
        assertThat(new YamlVariables(name -> "c")
                        .setEnableSubstitutionInVariables(nested)
                        .replace(yaml))
                .isEqualTo(yaml.replace("b: ${X}", "b: \"c\""));
    }
}
