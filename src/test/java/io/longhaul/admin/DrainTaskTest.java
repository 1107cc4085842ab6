package io.longhaul.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class DrainTaskTest {
    private final AtomicBoolean draining = new AtomicBoolean();
    private final DrainTask task = new DrainTask(() -> draining.set(true), () -> draining.set(false), () -> 3);

    private String post(Map<String, List<String>> parameters) {
        StringWriter answer = new StringWriter();
        task.execute(parameters, new PrintWriter(answer, true));
        return answer.toString();
    }

    @Test
    void drainsAndResumes() {
        assertThat(task.getName()).isEqualTo("drain");
        assertThat(post(Map.of())).contains("3 still run", "resume=true");
        assertThat(draining).isTrue();
        assertThat(post(Map.of("resume", List.of("false")))).contains("3 still run");
        assertThat(draining).isTrue();
        assertThat(post(Map.of("resume", List.of("true")))).contains("claims jobs again");
        assertThat(draining).isFalse();
    }
}
