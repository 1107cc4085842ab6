package io.longhaul.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.auth.Role;
import io.longhaul.console.ConsoleNode.Browser;
import io.longhaul.console.ConsoleNode.Shown;
import io.longhaul.testing.TestDatabase;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who may see and do what, on a node that asks for keys. */
class SignInTest {
    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ConsoleNode NODE =
            new ConsoleNode(DATABASE, "auth: {mode: keys}\npublicUrl: http://jobs.example.org/\n");

    private final Browser browser = NODE.browser();

    private static String waiting(String key) {
        String job = "{\"tool\": \"ping\", \"run_at\": \"2099-01-01T00:00:00Z\"}";
        return NODE.api("POST", "/v1/jobs", job, key).path("job_id").asText();
    }

    @Test
    void strangersAreAskedForAKeyAndGoOnWhereTheyWantedTo() {
        Shown asked = browser.get("/ui/jobs?status=failed");
        Pages.check(asked);
        assertThat(asked.path()).isEqualTo("/ui/sign-in");
        assertThat(asked.page().select("nav")).isEmpty();

        String to = asked.page().select(".sign-in input[name=to]").val();
        Shown seen = browser.post("/ui/sign-in", "to", to, "key", NODE.key("ada", Role.READ));

        Pages.check(seen);
        assertThat(seen.answer().uri().toString()).endsWith("/ui/jobs?status=failed");
        assertThat(seen.page().select(".who").text()).isEqualTo("ada read");
    }

    @Test
    void aWrongKeyIsRefused() {
        Shown refused = browser.post("/ui/sign-in", "key", "lh_wrong", "to", "//evil.example");

        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.page().select("[role=alert]").text()).contains("not one of this server");
        assertThat(refused.page().select("#key").attr("aria-describedby")).isEqualTo("key-wrong key-help");
        assertThat(refused.page().select(".sign-in input[name=to]").val()).isEqualTo("/ui");
        assertThat(browser.get("/ui/jobs").path()).isEqualTo("/ui/sign-in");
    }

    @Test
    void theCookieIsASessionThatOnlyBrowsersHere() {
        String key = NODE.key("eve", Role.ADMIN);
        Shown signed = browser.post("/ui/sign-in", "key", key);
        HttpResponse<?> first = signed.answer();
        while (first.previousResponse().isPresent()) {
            first = first.previousResponse().get();
        }
        String cookie = first.headers().firstValue("Set-Cookie").orElseThrow();

        assertThat(cookie)
                .startsWith("longhaul_session=")
                .contains("HttpOnly")
                .contains("SameSite=Strict")
                .contains("Path=/");
        String session = cookie.replaceFirst("^longhaul_session=\"?([^;\"]*).*", "$1");
        assertThat(session).doesNotContain(key.substring(14));
        Browser other = NODE.browser();
        assertThat(other.get("/v1/jobs", "Authorization", "Bearer " + session).status())
                .isEqualTo(401);
        assertThat(other.get("/v1/jobs", "Cookie", "longhaul_session=" + session)
                        .status())
                .isEqualTo(200);
        assertThat(other.get("/ui/jobs", "Cookie", "longhaul_session=" + tampered(session))
                        .path())
                .isEqualTo("/ui/sign-in");
        assertThat(browser.post("/v1/jobs", "tool", "ping").status()).isEqualTo(401);
    }

    @Test
    void commandsNameThePublicAddress() {
        browser.signedIn(NODE.key("lin", Role.READ));

        assertThat(browser.get("/ui/jobs").page().select(".commands").text())
                .contains("http://jobs.example.org/v1/jobs")
                .contains("--url http://jobs.example.org");
    }

    @Test
    void credentialsForAProxyLeaveASessionAsItIs() {
        browser.signedIn(NODE.key("grace", Role.READ));

        for (String path : List.of("/ui/jobs", "/v1/jobs")) {
            Shown shown = browser.get(path, "Authorization", "Basic Z3JhY2U6aG9wcGVy");
            assertThat(shown.status()).as(path).isEqualTo(200);
            assertThat(shown.path()).isEqualTo(path);
        }
    }

    private static String tampered(String session) {
        return session.substring(0, session.length() - 1) + (session.endsWith("0") ? "1" : "0");
    }

    @Test
    void whoSignsOutIsAskedAgain() {
        browser.signedIn(NODE.key("bob", Role.READ));
        assertThat(browser.get("/ui/jobs").path()).isEqualTo("/ui/jobs");

        browser.post("/ui/sign-in", "out", "1");

        assertThat(browser.get("/ui/jobs").path()).isEqualTo("/ui/sign-in");
    }

    @Test
    void readersSeeNoButtonsAndAreRefused() {
        String id = waiting(NODE.key("owner", Role.SUBMIT));
        Browser reader = NODE.browser().signedIn(NODE.key("reader", Role.READ));
        Browser operator = NODE.browser().signedIn(NODE.key("operator", Role.OPERATE));

        assertThat(reader.get("/ui/jobs").page().select("#job-" + id)).isEmpty();
        assertThat(reader.get("/ui/jobs/" + id).status()).isEqualTo(404);
        Shown refused = reader.post("/ui/jobs/" + id + "/cancel");
        Pages.check(refused);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.text()).contains("needs the role submit");
        assertThat(reader.post("/ui/jobs/selected", "action", "cancel", "id", id)
                        .status())
                .isEqualTo(403);
        assertThat(operator.get("/ui/jobs/" + id).page().select("form[action$=cancel]"))
                .hasSize(1);
        assertThat(reader.get("/ui/jobs").page().select("#selected button, .pick"))
                .isEmpty();
    }

    @Test
    void jobsOfOthersCannotBeChanged() {
        String id = waiting(NODE.key("first", Role.SUBMIT));
        Browser second = NODE.browser().signedIn(NODE.key("second", Role.SUBMIT));

        assertThat(second.post("/ui/jobs/" + id + "/cancel").status()).isEqualTo(404);
        assertThat(second.post("/ui/jobs/selected", "action", "cancel", "id", id)
                        .text())
                .contains("not found");
        Browser operator = NODE.browser().signedIn(NODE.key("chief", Role.OPERATE));
        assertThat(operator.get("/ui/jobs/" + id).page().select("h1 .status").text())
                .isEqualTo("pending");
    }

    @Test
    void allThatMatchAreTheOwnJobsOfASubmitter() {
        waiting(NODE.key("third", Role.SUBMIT));
        String key = NODE.key("fourth", Role.SUBMIT);
        waiting(key);
        Browser fourth = NODE.browser().signedIn(key);

        Shown preview = fourth.get("/ui/jobs/all/cancel");
        Pages.check(preview);
        assertThat(preview.text()).contains("1 job matches:").contains("submitted by fourth");
        Shown begun = fourth.post(preview.page().select("form.submit").attr("action"));
        Pages.check(begun);
        assertThat(begun.text()).contains("by fourth");
        assertThat(begun.page().select("a[href=/ui/audit]")).isEmpty();
        assertThat(NODE.browser()
                        .signedIn(NODE.key("fifth", Role.SUBMIT))
                        .get(begun.path())
                        .status())
                .isEqualTo(404);
        Browser admin = NODE.browser().signedIn(NODE.key("overseer", Role.ADMIN));
        assertThat(admin.get("/ui/audit").text()).contains("/ui/jobs/all/cancel cancel " + id(begun));
    }

    private static String id(Shown operation) {
        return operation.path().replaceFirst(".*/", "");
    }

    @Test
    void everyActionNeedsItsRole() {
        String job = "/ui/jobs/" + waiting(NODE.key("maker", Role.SUBMIT));
        Map<String, Role> actions = new HashMap<>(Map.of(
                job + "/cancel",
                Role.SUBMIT,
                job + "/retry",
                Role.SUBMIT,
                job + "/answer",
                Role.SUBMIT,
                "/ui/jobs/selected",
                Role.SUBMIT,
                "/ui/tools/step",
                Role.SUBMIT,
                "/ui/tools/step/pause",
                Role.OPERATE,
                "/ui/jobs/all/cancel?tool=nothing",
                Role.SUBMIT,
                "/ui/jobs/all/retry?tool=nothing",
                Role.SUBMIT));
        actions.put("/ui/operations/00000000-0000-4000-8000-000000000000/cancel", Role.SUBMIT);
        String schedule = "/ui/schedules/00000000-0000-4000-8000-000000000000/";
        List.of("pause", "resume", "run").forEach(action -> actions.put(schedule + action, Role.OPERATE));
        for (Role role : List.of(Role.READ, Role.WORK, Role.SUBMIT, Role.OPERATE)) {
            Browser someone = NODE.browser().signedIn(NODE.key("of-" + role.word(), role));
            actions.forEach((path, needed) -> {
                Shown shown = someone.post(path, "resume", "1");
                assertThat(shown.text().contains("needs the role " + needed.word()))
                        .as(role + " " + path)
                        .isEqualTo(!role.covers(needed));
            });
            assertThat(someone.get("/ui/audit").text()).as(role + " /ui/audit").contains("needs the role admin");
        }
    }

    @Test
    void readersKeepViewsForThemselvesAndOperatorsForAll() {
        Browser reader = NODE.browser().signedIn(NODE.key("rita", Role.READ));
        Browser operator = NODE.browser().signedIn(NODE.key("otto", Role.OPERATE));
        Shown kept = reader.post("/ui/views", "name", "mine", "query", "status=failed");
        Pages.check(kept);
        assertThat(kept.page().select(".views button[formaction]")).isEmpty();
        assertThat(reader.post("/ui/views/shared", "name", "ours", "query", "status=failed")
                        .status())
                .isEqualTo(403);

        Shown shared = operator.post("/ui/views/shared", "name", "ours", "query", "status=failed");

        assertThat(shared.page().select(".views li a").eachText()).containsExactly("ours");
        Shown menu = reader.get("/ui/jobs");
        assertThat(menu.page().select(".views li a").eachText()).containsExactly("mine", "ours");
        assertThat(menu.page().select(".views li form").eachAttr("action")).containsExactly("/ui/views/mine/remove");
        assertThat(reader.post("/ui/views/shared/ours/remove").status()).isEqualTo(403);
        assertThat(operator.post("/ui/views/mine/remove").status()).isEqualTo(404);
    }
}
