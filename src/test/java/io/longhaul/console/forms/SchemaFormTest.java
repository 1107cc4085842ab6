package io.longhaul.console.forms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.fasterxml.jackson.databind.node.MissingNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values that come back from the form of a schema as they were filled in, and those that only JSON holds. */
class SchemaFormTest {
    private static final SchemaForm FORM = new SchemaForm(SchemaForm.parsed("""
                    {"type": "object", "properties": {
                     "text": {"type": "string"}, "number": {"type": "number"}, "flag": {"type": "boolean"},
                     "choice": {"enum": ["a", "", 1]}, "any": {},
                     "titled": {"type": "string", "title": "Colour", "oneOf": [{"const": "r", "title": "Red"}, {"const": "b"}]},
                     "fixed": {"const": 5}, "even": {"type": "integer", "multipleOf": 2},
                     "mixed": {"anyOf": [{"const": "auto"}, {"type": "number"}]}}}"""), "p", "/params");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{'text': 'a'}",
                "{'text': ' a '}",
                "{'text': 'a\\nb'}",
                "{'text': '\\n'}",
                "{'text': 'null'}",
                "{'number': 12345678901234567890.500}",
                "{'flag': false}",
                "{'choice': ''}",
                "{'choice': 1}",
                "{'titled': 'r'}",
                "{'fixed': 5}",
                "{'mixed': 'auto'}",
                "{'any': ''}",
                "{'any': null}",
                "{'any': {'a': '\\r'}}"
            })
    void theFieldsKeep(String value) {
        assertThat(FORM.keeps(SchemaForm.parsed(value.replace('\'', '"')))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'text': ''}",
                "{'text': null}",
                "{'text': 1}",
                "{'text': 'a\\rb'}",
                "{'text': 'a\\r\\nb'}",
                "{'number': '1'}",
                "{'flag': null}",
                "{'flag': 'true'}",
                "{'choice': 'b'}",
                "{'titled': 'Red'}",
                "{'fixed': 6}",
                "{'other': 1}",
                "[]",
                "1"
            })
    void onlyJsonHolds(String value) {
        assertThat(FORM.keeps(SchemaForm.parsed(value.replace('\'', '"')))).isFalse();
    }

    @Test
    void constantsAreChoicesByTheirTitles() {
        assertThat(field("titled").kind()).isEqualTo(Field.Kind.CHOICE);
        assertThat(field("titled").choices()).containsExactly(entry("\"r\"", "Red"), entry("\"b\"", "b"));
        assertThat(field("fixed").choices()).containsExactly(entry("5", "5"));
        assertThat(field("mixed").kind()).isEqualTo(Field.Kind.JSON);
        assertThat(field("titled").hint()).isEqualTo("Colour");
        assertThat(field("even").hint()).isEqualTo("multipleOf 2");
    }

    private static Field field(String name) {
        return FORM.filled(MissingNode.getInstance(), null).stream()
                .filter(field -> field.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
