package io.longhaul.api.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.testing.Allocated;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListBodyTest {
    private static final int MIB = 1 << 20;

    private static ListBody of(String body) {
        return ListBody.of(body.replace('\'', '"'), "jobs", 3);
    }

    private static List<String> elements(ListBody body, int mostValues) {
        List<String> elements = new ArrayList<>();
        body.forEach(mostValues, new ListBody.Elements() {
            @Override
            public void take(int index, JsonNode element) {
                elements.add(index + " " + element);
            }

            @Override
            public void tooLarge(int index) {
                elements.add(index + " too large");
            }
        });
        return elements;
    }

    @Test
    void elementsAreReadOneAfterTheOther() {
        ListBody body = of("{'a': 1, 'jobs': [{'x': [1.50]}, 7, []], 'b': [1], 'c': {'d': 2}}");
        assertThat(body.members()).hasToString("{'a':1,'jobs':[],'b':[],'c':{}}".replace('\'', '"'));
        assertThat(body.size()).isEqualTo(3);
        assertThat(elements(body, 4)).containsExactly("0 {\"x\":[1.50]}", "1 7", "2 []");
        assertThat(elements(body, 3)).containsExactly("0 too large", "1 7", "2 []");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"{}|0", "{'jobs': []}|0", "{'jobs': {'a': [1]}}|0", "{'jobs': 1}|0", "{'jobs': [1,2,3,4,[5,6]]}|5"
            })
    void elementsAreCounted(String body, int size) {
        assertThat(of(body).size()).isEqualTo(size);
        assertThat(elements(of(body), 10)).hasSize(Math.min(3, size));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                       | MALFORMED_JSON",
                "{'jobs': [1,2,3,4,5      | MALFORMED_JSON",
                "{'jobs': []} {}          | MALFORMED_JSON",
                "{'a': 1, 'a': 2}         | MALFORMED_JSON",
                "{'jobs': [], 'jobs': []} | MALFORMED_JSON",
                "{'jobs': [{'a': 1, 'a': 2}]} | MALFORMED_JSON",
                "[]                       | INVALID_REQUEST",
                "7                        | INVALID_REQUEST",
                "{'a': '\\u0000'}         | INVALID_REQUEST",
                "{'jobs': [{'a': '\\u0000'}]} | INVALID_REQUEST",
                "{'jobs': ['\\u0000']}    | INVALID_REQUEST"
            })
    void aWrongBodyIsRefused(String body, ErrorCode code) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> elements(of(body.equals("''") ? "" : body), 10))
                .satisfies(e -> assertThat(e.refusal().code()).isEqualTo(code));
    }

    @Test
    void tooDeepAndTooLongValuesAreRefusedWithTheirPlace() {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> of("{'jobs': [" + "[".repeat(500) + "]".repeat(500) + "]}"))
                .withMessageContaining("nested deeper than 500");
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> elements(of("{'jobs': [1, {'a': " + "1".repeat(200_000) + "}]}"), 10))
                .satisfies(
                        e -> assertThat(e.refusal().errors().get(0).pointer()).isEqualTo("/jobs/1/a"));
    }

    @Test
    void theMembersBesideTheListAreFew() {
        StringBuilder body = new StringBuilder("{'jobs': []");
        for (int i = 0; i < 1_000; i++) {
            body.append(",'m").append(i).append("': 1");
        }
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> of(body.append('}').toString()))
                .withMessageContaining("more than 1000 members");
    }

    /** Their trees took 80 MB, before they were counted. */
    @Test
    void elementsBeyondTheLastAllowedOneTakeNoMemory() throws Exception {
        String lists = "[],".repeat(4 * MIB / 3) + "[]";
        ObjectNode[] members = new ObjectNode[1];
        assertThat(Allocated.by(() -> {
                    ListBody body = ListBody.of("{\"jobs\":[" + lists + "],\"other\":[" + lists + "]}", "jobs", 1_000);
                    members[0] = body.members();
                    assertThat(elements(body, 10)).hasSize(1_000);
                }))
                .isLessThan(40 * MIB);
        assertThat(members[0]).hasSize(2);
    }
}
