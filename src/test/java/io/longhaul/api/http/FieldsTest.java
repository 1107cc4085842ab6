package io.longhaul.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.api.http.Problem.FieldError;
import io.longhaul.testing.Allocated;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FieldsTest {
    private record Request(String firstName) {}

    private static ObjectNode withMembers(int count) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        for (int i = 0; i < count; i++) {
            object.put("member" + i, i);
        }
        return object;
    }

    @Test
    void unknownMembersAreFoundWithWhatWasMeant() {
        ObjectNode object =
                JsonNodeFactory.instance.objectNode().put("name", "x").put("nme", "y");
        Fields fields = new Fields(object, "/jobs/3");
        fields.optionalText("name");
        assertThat(fields.unknown())
                .containsExactly(new FieldError("/jobs/3/nme", "is no member of this request: did you mean name?"));
    }

    @Test
    void ofVeryManyErrorsTheFirstAreNamed() {
        Fields fields = new Fields(withMembers(0));
        QueryParameters query = new QueryParameters(Map.of());
        for (int i = 0; i < 100_000; i++) {
            fields.wrong("lines/" + i, "must be text");
            query.wrong("params." + i, "is no name");
        }
        query.wrong("params.0", "is no name");
        assertThat(fields.errors()).hasSize(100);
        assertThat(query.errors()).hasSize(100).first().isEqualTo(new FieldError("/params.0", "is no name"));
    }

    @Test
    void ofVeryManyUnknownMembersTheFirstAreNamed() throws Exception {
        ObjectNode many = withMembers(100_000);
        Fields fields = new Fields(many);
        assertThat(Allocated.by(() -> assertThat(fields.unknown()).hasSize(20))).isLessThan(5 << 20);
        fields.within("part", many, List.of("member0"));
        assertThat(fields.unknown()).hasSize(40);
    }

    @Test
    void aRequestThatTakesOnlyKnownMembersNamesTheFirstOthers() {
        ObjectNode object = withMembers(100).put("first_name", "x");
        object.put("n".repeat(1_000), 1);
        Fields fields = new Fields(object);
        fields.onlyKnown(Request.class);
        assertThat(fields.errors()).hasSize(20);
        assertThat(fields.errors().get(0).pointer()).isEqualTo("/member0");
    }
}
