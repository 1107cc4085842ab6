package io.longhaul.tools.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.tools.CallFailure;
import io.longhaul.tools.RecordedCall;
import io.longhaul.tools.settings.ToolConfigurationException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ArgumentsTest {
    private static final String FREE = "{}";

    @Test
    void aParamBecomesOneArgumentWhateverItHolds() throws Exception {
        assertThat(fill("['prog', '{a}', 'x={a}']", "{\"a\": \"b c; rm -rf $HOME '\\\"\\n\"}"))
                .containsExactly("b c; rm -rf $HOME '\"\n", "x=b c; rm -rf $HOME '\"\n");
    }

    @Test
    void placeholdersReachIntoObjects() throws Exception {
        assertThat(fill("['prog', '{a.b-1.c_d}']", "{\"a\": {\"b-1\": {\"c_d\": \"deep\"}}}"))
                .containsExactly("deep");
    }

    @Test
    void numbersBooleansAndObjectsKeepTheirJsonForm() throws Exception {
        assertThat(fill(
                        "['prog', '{i}', '{d}', '{t}', '{o}']",
                        "{\"i\": 12345678901234567890, \"d\": 1.50, \"t\": true, \"o\": {\"a\": [1]}}"))
                .containsExactly("12345678901234567890", "1.50", "true", "{\"a\":[1]}");
    }

    @Test
    void anArrayAloneInItsElementBecomesSeveralArguments() throws Exception {
        assertThat(fill("['prog', '{files}', 'all={files}', 'end']", "{\"files\": [\"a b\", 2, [3]]}"))
                .containsExactly("a b", "2", "[3]", "all=[\"a b\",2,[3]]", "end");
    }

    @Test
    void anElementWhoseParamIsAbsentIsLeftOut() throws Exception {
        assertThat(fill("['prog', '{a}', '--b={b}', '{c}', '{d.e}', 'end']", "{\"b\": null, \"c\": [], \"d\": 1}"))
                .containsExactly("end");
    }

    @Test
    void aGroupIsLeftOutAsAWhole() throws Exception {
        String command = "['prog', ['--threads', '{threads}'], ['--in', '{files}']]";
        assertThat(fill(command, "{}")).isEmpty();
        assertThat(fill(command, "{\"threads\": 4, \"files\": [\"a\", \"b\"]}"))
                .containsExactly("--threads", "4", "--in", "a", "b");
    }

    @Test
    void anEmptyStringIsAnArgument() throws Exception {
        assertThat(fill("['prog', '{a}']", "{\"a\": \"\"}")).containsExactly("");
    }

    @Test
    void doubledBracesAreBraces() throws Exception {
        assertThat(fill("['awk', '{{ print ${n} }}', '{{n}}']", "{\"n\": 2}")).containsExactly("{ print $2 }", "{n}");
    }

    @Test
    void aParamCannotPassForAnOption() {
        for (String command :
                List.of("['prog', '{a}']", "['prog', '{a}.txt']", "['prog', '{list}']", "['prog', '{empty}{a}']")) {
            assertThatThrownBy(() -> fill(command, "{\"a\": \"-rf\", \"list\": [\"x\", \"--y\"], \"empty\": \"\"}"))
                    .isInstanceOf(CallFailure.class)
                    .hasMessageContaining("could be taken for an option")
                    .hasMessageContaining("allow_dashes");
        }
    }

    @Test
    void aHyphenIsAllowedWhereItCannotBeAnOption() throws Exception {
        assertThat(fill("['prog', '--a={a}', '--', '{a}']", "{\"a\": \"-rf\"}"))
                .containsExactly("--a=-rf", "--", "-rf");
        assertThat(fill("['prog', '{a}']", "{\"a\": -5}", true)).containsExactly("-5");
    }

    @Test
    void aNulCharacterIsRefused() {
        assertThatThrownBy(() -> fill("['prog', 'a={a}']", "{\"a\": \"x\\u0000y\"}"))
                .isInstanceOf(CallFailure.class)
                .hasMessageContaining("NUL");
    }

    @Test
    void aMisspeltPlaceholderIsAConfigurationError() throws Exception {
        String schema = "{\"properties\": {\"path\": {\"type\": \"string\"}, \"o\": {\"properties\": {\"x\": {}}}}}";
        assertThatThrownBy(() -> parse("['prog', '{paht}']", schema))
                .isInstanceOf(ToolConfigurationException.class)
                .hasMessage("command uses {paht}, but params has no 'paht', only [o, path]:"
                        + " correct the name or add it to params");
        assertThatThrownBy(() -> parse("['prog', '{o.y}']", schema)).hasMessageContaining("has no 'y'");
        assertThatThrownBy(() -> parse("['prog', '{y}']", "{\"additionalProperties\": false}"))
                .hasMessageContaining("has no 'y'");
        assertThat(parse("['prog', '{path}', '{o.x}']", schema)).isNotNull();
        assertThat(parse("['prog', '{y}']", "{\"properties\": {\"x\": {}}, \"$ref\": \"#/$defs/more\"}"))
                .isNotNull();
    }

    @Test
    void aWrongCommandIsAConfigurationErrorThatSaysTheCure() {
        assertThatThrownBy(() -> parse("[]", FREE)).hasMessageContaining("add one, such as command:");
        assertThatThrownBy(() -> parse("['{program}']", FREE)).hasMessageContaining("first element must be a program");
        assertThatThrownBy(() -> parse("['']", FREE)).hasMessageContaining("first element must be a program");
        assertThatThrownBy(() -> parse("['awk', '{print $1}']", FREE))
                .hasMessageContaining("is no param's name")
                .hasMessageContaining("{{ or }} for a literal brace");
        assertThatThrownBy(() -> parse("['prog', 'a{b']", FREE)).hasMessageContaining("brace without partner");
        assertThatThrownBy(() -> parse("['prog', 'a}b']", FREE)).hasMessageContaining("brace without partner");
        assertThatThrownBy(() -> parse("[['a', 'b']]", FREE)).hasMessageContaining("first element must be a program");
        assertThatThrownBy(() -> parse("['prog', null]", FREE)).hasMessageContaining("is empty");
    }

    private static List<String> fill(String command, String params) throws Exception {
        return fill(command, params, false);
    }

    private static List<String> fill(String command, String params, boolean allowDashes) throws Exception {
        return Arguments.parse(list(command), RecordedCall.JSON.readTree(FREE), allowDashes)
                .fill(RecordedCall.JSON.readTree(params), null);
    }

    private static Arguments parse(String command, String schema) throws Exception {
        return Arguments.parse(list(command), RecordedCall.JSON.readTree(schema), false);
    }

    private static List<List<String>> list(String command) throws Exception {
        List<List<String>> groups = new ArrayList<>();
        for (JsonNode element : RecordedCall.JSON.readTree(command.replace('\'', '"'))) {
            List<String> group = new ArrayList<>();
            (element.isArray() ? element : RecordedCall.JSON.createArrayNode().add(element))
                    .forEach(member -> group.add(member.textValue()));
            groups.add(group);
        }
        return groups;
    }
}
