package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.inprocess.BuiltIn;
import java.net.http.HttpRequest.BodyPublishers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lists that are kept by name, where nobody has to say who they are. */
class ViewsApiTest {
    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, BuiltIn.tools());

    @AfterEach
    void removeViews() {
        SERVER.jdbi().useHandle(h -> h.execute("TRUNCATE views"));
    }

    private static Answer put(String name, String query) {
        return SERVER.send(SERVER.request("/v1/views/" + name)
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString("{\"query\": \"" + query + "\"}")));
    }

    @Test
    void aViewIsKeptChangedAndRemoved() {
        assertThat(put("long%20runs", "?tool=echo&params.sample=S 1&columns=params.sample")
                        .status())
                .isEqualTo(201);
        Answer changed = put("long%20runs", "tool=echo&sort=completed_at&error=50%25");
        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.text("/query")).isEqualTo("tool=echo&sort=completed_at&error=50%25");
        assertThat(changed.text("/changed_by")).isEqualTo("anybody");
        put("shared/Alpha", "status=failed");

        Answer all = SERVER.get("/v1/views");
        assertThat(all.json("/views").findValuesAsText("name")).containsExactly("Alpha", "long runs");
        assertThat(all.json("/views/0/shared").booleanValue()).isTrue();
        assertThat(SERVER.get("/v1/views/long%20runs").text("/name")).isEqualTo("long runs");
        assertThat(SERVER.get("/v1/views/Alpha").status()).isEqualTo(404);
        assertThat(SERVER.get("/v1/views/shared/Alpha").text("/query")).isEqualTo("status=failed");

        assertThat(SERVER.delete("/v1/views/long%20runs").status()).isEqualTo(204);
        assertThat(SERVER.delete("/v1/views/long%20runs").text("/error_code")).isEqualTo("VIEW_NOT_FOUND");
    }

    @Test
    void whatIsKeptIsEncoded() {
        Answer kept = put("markup", "error=<img src=x>'&params.a b=\u00e9");

        assertThat(kept.text("/query")).isEqualTo("error=%3Cimg%20src%3Dx%3E%27&params.a%20b=%C3%A9");
    }

    @Test
    void nobodyKeepsMoreViewsThanAMenuCanShow() {
        SERVER.jdbi().useHandle(handle -> handle.execute("""
                INSERT INTO views (owner, name, query, changed_by)
                SELECT 'anybody', 'v' || i, '', 'anybody' FROM generate_series(1, 100) i
                """));

        Answer refused = put("one-more", "status=failed");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.text("/error_code")).isEqualTo("TOO_MANY_VIEWS");
        assertThat(put("v7", "status=failed").status())
                .as("the name of one that can go")
                .isEqualTo(200);
        assertThat(put("shared/one-more", "sort=created_at").status()).isEqualTo(201);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "x | stauts=failed | did you mean status?",
                "x | status=failed,running | status must be",
                "x | status= | status has no value",
                "x | tool=a&tool=b | tool is there 2 times",
                "x | since=2h | since must be 15m",
                "x | columns=sample | columns must be names",
                "x | params.=1 | params. must name a member",
                "x | batch_id=1 | batch_id must be an id",
                "x | created_after=yesterday | created_after must be a time",
                "x | cursor=abc | cursor is no parameter",
                "x | tool=%zz | not correctly percent-encoded",
                "%20x | tool=a | must be 1 to 100 characters",
                "x | ? | must have a filter"
            })
    void aViewThatLeadsNowhereIsRefused(String name, String query, String message) {
        Answer refused = put(name, query);

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text("/errors/0/message")).contains(message);
        assertThat(SERVER.get("/v1/views").json("/views")).isEmpty();
    }

    @Test
    void aBodyThatIsNoViewIsRefused() {
        assertThat(SERVER.send(SERVER.request("/v1/views/x")
                                .header("Content-Type", "application/json")
                                .PUT(BodyPublishers.ofString("{\"query\": 1, \"shared\": true}")))
                        .json("/errors")
                        .findValuesAsText("pointer"))
                .containsExactlyInAnyOrder("/query", "/shared");
        assertThat(put("x".repeat(101), "tool=a").status()).isEqualTo(422);
        assertThat(put("x", "error=" + "e".repeat(2_000)).text("/errors/0/message"))
                .contains("at most 2000 characters");
    }
}
