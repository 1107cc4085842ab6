package io.longhaul.testing;

import io.longhaul.tools.spi.Tool;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/**
 * A tool that writes down each time it is run, in a file outside of the database: what was really run, whatever the
 * rows say. The tool {@code ledger} takes {@code seconds}, for which its first attempt goes on; later ones end at once.
 * The tool {@code tally} takes any params, returns them, and costs next to nothing.
 */
public final class Ledger {
    private static final String END = "end ";

    private final Path file;
    private final Path tools;
    private final Path plugins;

    /**
     * A run of the tool.
     *
     * @param job the job's id
     * @param attempt 1 for the first
     * @param node where
     * @param pid the process
     * @param begun when, in seconds of {@code /proc/uptime}
     * @param ended the same, or infinity if it did not come to its end
     */
    public record Entry(String job, int attempt, String node, long pid, double begun, double ended) {
        static Entry parse(String line, Map<String, Double> ends) {
            String[] words = line.split(" ", -1);
            return new Entry(
                    words[0],
                    Integer.parseInt(words[1]),
                    words[2],
                    Long.parseLong(words[3]),
                    Double.parseDouble(words[4]),
                    ends.getOrDefault(words[0] + " " + words[1] + " " + words[3], Double.POSITIVE_INFINITY));
        }

        /**
         * Whether the work goes on.
         *
         * @return false once its process has ended; another one may have got its number since
         */
        public boolean isAlive() {
            try {
                String environment =
                        Files.readString(Path.of("/proc", Long.toString(pid), "environ"), StandardCharsets.ISO_8859_1);
                return JarProcess.isAlive(pid) && environment.contains("LONGHAUL_JOB_ID=" + job);
            } catch (IOException e) {
                return false;
            }
        }
    }

    private Ledger(Path file, Path tools, Path plugins) {
        this.file = file;
        this.tools = tools;
        this.plugins = plugins;
    }

    /**
     * Opens an empty ledger.
     *
     * @param folder for it, and for the tool's configuration
     * @return a ledger; nodes take the tools from {@link #environment}
     */
    public static Ledger in(Path folder) throws IOException {
        Path file = Files.createFile(folder.resolve("ledger"));
        Path tools = Files.writeString(folder.resolve("ledger.yml"), """
                - type: command
                  name: ledger
                  params: {type: object, properties: {seconds: {type: integer}}, required: [seconds]}
                  command:
                    - /bin/sh
                    - -c
                    # One write to a file opened for appending: lines of different processes never mix.
                    - |
                      read now _ </proc/uptime
                      echo "$LONGHAUL_JOB_ID $LONGHAUL_ATTEMPT $LONGHAUL_NODE $$ $now" >>"$LEDGER"
                      [ "$1" = 0 ] || [ "$LONGHAUL_ATTEMPT" -gt 1 ] || sleep "$1" || exit
                      read now _ </proc/uptime
                      echo "end $LONGHAUL_JOB_ID $LONGHAUL_ATTEMPT $$ $now" >>"$LEDGER"
                    - ledger
                    - "{seconds}"
                  env: {LEDGER: "%s"}
                  pass_env: [PATH, LONGHAUL_NODE]
                """.formatted(file));
        return new Ledger(file, tools, plugin(folder));
    }

    private static Path plugin(Path folder) throws IOException {
        Path plugins = Files.createDirectory(folder.resolve("plugins"));
        String file = Tally.class.getName().replace('.', '/') + ".class";
        try (OutputStream out = Files.newOutputStream(plugins.resolve("tally.jar"));
                JarOutputStream jar = new JarOutputStream(out);
                InputStream code = Tally.class.getResourceAsStream("/" + file)) {
            jar.putNextEntry(new JarEntry("META-INF/services/" + Tool.class.getName()));
            jar.write(Tally.class.getName().getBytes(StandardCharsets.US_ASCII));
            jar.putNextEntry(new JarEntry(file));
            code.transferTo(jar);
        }
        return plugins;
    }

    /**
     * The configuration of {@code ledger} alone.
     *
     * @return for {@code LONGHAUL_TOOLS}
     */
    public String tools() {
        return tools.toString();
    }

    /**
     * What a node needs to have both tools.
     *
     * @return variables
     */
    public Map<String, String> environment() {
        return Map.of("LONGHAUL_TOOLS", tools(), "LONGHAUL_PLUGINS", plugins.toString(), Tally.FILE, file.toString());
    }

    /**
     * What was run.
     *
     * @return in the order in which it began
     */
    public List<Entry> entries() throws IOException {
        String text = Files.readString(file);
        // Without what follows the last line break: a line that is being written.
        List<String> lines =
                text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        Map<String, Double> ends = new HashMap<>();
        for (String line : lines) {
            if (line.startsWith(END)) {
                int time = line.lastIndexOf(' ');
                ends.put(line.substring(END.length(), time), Double.parseDouble(line.substring(time + 1)));
            }
        }
        return lines.stream()
                .filter(line -> !line.startsWith(END))
                .map(line -> Entry.parse(line, ends))
                .toList();
    }

    /**
     * What was run for some jobs.
     *
     * @param jobs their ids
     * @return in the order in which it began
     */
    public List<Entry> entries(Collection<String> jobs) throws IOException {
        return entries().stream().filter(entry -> jobs.contains(entry.job())).toList();
    }
}
