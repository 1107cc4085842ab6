package io.longhaul.tools.command;

import io.longhaul.tools.spi.ToolCall;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * The environment variables of a command: a few of the server's own, by name, and what the configuration adds. The
 * rest of the server's environment, where passwords live, stays out.
 */
final class Environment {
    /** What programs need to find their way, and nothing secret. */
    static final List<String> USUAL = List.of("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "TZ", "USER");

    /** Marks each process of one call, also those that leave its process group. */
    static final String CALL = "LONGHAUL_CALL";

    /** Where the system keeps its programs; what a command gets when the server has no PATH. */
    static final String PATH_OF_SYSTEM = "/usr/local/bin:/usr/bin:/bin";

    private static final Pattern W3C_TRACE = Pattern.compile("(?!0{32})[0-9a-f]{32}");

    private final Map<String, String> fixed = new TreeMap<>();
    private final String tool;

    /**
     * Chooses the variables.
     *
     * @param tool the tool's name
     * @param server the server's own environment
     * @param pass names of variables to take from it
     * @param added further variables; they win
     */
    Environment(String tool, Map<String, String> server, List<String> pass, Map<String, String> added) {
        this.tool = tool;
        fixed.put("PATH", PATH_OF_SYSTEM);
        for (String name : pass) {
            if (server.containsKey(name)) {
                fixed.put(name, server.get(name));
            }
        }
        fixed.putAll(added);
    }

    String searchPath() {
        return fixed.get("PATH");
    }

    /** The variables of one call; {@code id} is unique to it. */
    Map<String, String> of(ToolCall call, String id) {
        Map<String, String> variables = new TreeMap<>(fixed);
        variables.put(CALL, id);
        variables.put("LONGHAUL_JOB_ID", call.jobId());
        variables.put("LONGHAUL_ATTEMPT", Integer.toString(call.attempt()));
        variables.put("LONGHAUL_TOOL", tool);
        variables.put("LONGHAUL_TRACE_ID", call.traceId());
        if (W3C_TRACE.matcher(call.traceId()).matches()) {
            variables.put("TRACEPARENT", "00-%s-%s-01".formatted(call.traceId(), span()));
        }
        return variables;
    }

    private static String span() {
        return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE));
    }
}
