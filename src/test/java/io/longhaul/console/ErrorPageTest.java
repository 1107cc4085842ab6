package io.longhaul.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Problem;
import io.longhaul.api.http.Refusal;
import io.longhaul.environment.Program;
import io.longhaul.traces.Trace;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;

class ErrorPageTest {
    private static ErrorPage.View view(String message) {
        Problem problem =
                Problem.of(Refusal.of(ErrorCode.DATABASE_MIGRATION_REQUIRED, message), "/ui/jobs", Trace.begin());
        HttpServletRequest request = (HttpServletRequest) Proxy.newProxyInstance(
                ErrorPageTest.class.getClassLoader(),
                new Class<?>[] {HttpServletRequest.class},
                (proxy, method, arguments) -> method.getName().equals("getMethod") ? "GET" : "/ui/jobs");
        return (ErrorPage.View) ErrorPage.of(problem, request).view();
    }

    @Test
    void aCureThatIsACommandIsShownAsOne() {
        ErrorPage.View view = view("It is old. Cure: java -jar app.jar db migrate config.yml");
        assertThat(view.message()).isEqualTo("It is old.");
        assertThat(view.command()).isEqualTo("java -jar app.jar db migrate config.yml");
    }

    @Test
    void aCommandThatNeedsMoreWordsIsLeftInItsSentence() {
        String message = "It is old. Cure: " + Program.commandOfServer("db migrate");
        assertThat(view(message).message()).isEqualTo(message);
        assertThat(view(message).command()).isNull();
    }
}
