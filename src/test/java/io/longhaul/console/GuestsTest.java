package io.longhaul.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.auth.Role;
import io.longhaul.console.ConsoleNode.Browser;
import io.longhaul.console.ConsoleNode.Shown;
import io.longhaul.testing.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** People without a key, on a node that lets them look. */
class GuestsTest {
    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ConsoleNode NODE =
            new ConsoleNode(DATABASE, "auth: {mode: keys, sharedVisibility: true, guests: true}\n");

    private final Browser guest = NODE.browser();

    private static String waiting() {
        String job = "{\"tool\": \"ping\", \"run_at\": \"2099-01-01T00:00:00Z\"}";
        return NODE.api("POST", "/v1/jobs", job, NODE.key("owner", Role.SUBMIT))
                .path("job_id")
                .asText();
    }

    @Test
    void theApiIsReadWithoutAKeyAndChangedWithOneAlone() {
        String id = waiting();

        for (String path : List.of("/v1/jobs/" + id, "/v1/jobs", "/v1/mcp/tools", "/v1/schedules", "/v1/nodes")) {
            assertThat(guest.get(path).status()).as(path).isEqualTo(200);
        }
        for (String path : List.of("/v1/jobs", "/v1/jobs/" + id + "/retry", "/v1/operations", "/mcp")) {
            Shown refused = guest.post(path, "a", "b");
            assertThat(refused.status()).as(path).isEqualTo(401);
            assertThat(refused.header("WWW-Authenticate")).as(path).startsWith("Bearer");
        }
        assertThat(guest.get("/mcp").status()).isEqualTo(401);
        assertThat(guest.get("/v1/audit").status()).isEqualTo(403);
        assertThat(guest.get("/v1/webhooks").status()).isEqualTo(403);
        assertThat(guest.get("/v1/jobs", "X-API-Key", "lh_wrong").status()).isEqualTo(401);
        assertThat(guest.get("/v1/jobs", "Authorization", "Bearer x").status()).isEqualTo(401);
        assertThat(guest.get("/v1/jobs", "Authorization", "Basic dXNlcjpwYXNz").status())
                .as("signed in at a proxy")
                .isEqualTo(200);
    }

    @Test
    void pagesHaveNoButtonsButOneToSignIn() {
        String id = waiting();
        for (String path : List.of(
                "/ui",
                "/ui/jobs?status=pending",
                "/ui/jobs/" + id,
                "/ui/jobs/" + id + "/logs",
                "/ui/failures",
                "/ui/tools",
                "/ui/tools/fold",
                "/ui/schedules",
                "/ui/operations",
                "/ui/nodes",
                "/ui/schema")) {
            Shown shown = guest.get(path);
            Pages.check(shown);
            assertThat(shown.path()).as(path).isEqualTo(path.replaceFirst("\\?.*", ""));
            assertThat(shown.page().select("form[method=post]:not([action='/ui/theme']):has(button)"))
                    .as(path)
                    .isEmpty();
            assertThat(shown.page().select(".tools a").text()).as(path).isEqualTo("Sign in");
        }
        assertThat(guest.get("/ui/schema").page().text())
                .contains("java -jar app.jar schema verify FILE")
                .doesNotContain(".yml");
        assertThat(guest.get("/ui/audit").status()).isEqualTo(403);
        Shown asked = guest.post("/ui/jobs/" + id + "/cancel");
        assertThat(asked.path()).isEqualTo("/ui/sign-in");

        String signIn = guest.get("/ui/jobs/" + id).page().select(".tools a").attr("href");
        String to = guest.get(signIn).page().select(".sign-in input[name=to]").val();
        Shown owner = guest.post("/ui/sign-in", "to", to, "key", NODE.key("owner", Role.SUBMIT));

        assertThat(owner.path()).isEqualTo("/ui/jobs/" + id);
        assertThat(owner.page().select("form[action$=cancel]")).hasSize(1);
        assertThat(owner.page().select(".tools a")).isEmpty();
        assertThat(owner.page().select(".who").text()).isEqualTo("owner submit");
    }
}
