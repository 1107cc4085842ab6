package io.longhaul.console.forms;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values that come back from the form of a schema as they were filled in, and those that only JSON holds. */
class SchemaFormTest {
    private static final SchemaForm FORM = new SchemaForm(SchemaForm.parsed("""
                    {"type": "object", "properties": {
                     "text": {"type": "string"}, "number": {"type": "number"}, "flag": {"type": "boolean"},
                     "choice": {"enum": ["a", "", 1]}, "any": {}}}"""), "p", "/params");

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
                "{'other': 1}",
                "[]",
                "1"
            })
    void onlyJsonHolds(String value) {
        assertThat(FORM.keeps(SchemaForm.parsed(value.replace('\'', '"')))).isFalse();
    }
}
