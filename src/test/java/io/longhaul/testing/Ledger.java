package io.longhaul.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/**
 * A tool that writes down each time it is run, in a file outside of the database: what was really run, whatever the
 * rows say. The tool {@code ledger} takes {@code seconds}, for which its first attempt goes on; later ones end at once.
 */
public final class Ledger {
    private final Path file;
    private final Path tools;

    /**
     * A run of the tool.
     *
     * @param job the job's id
     * @param attempt 1 for the first
     * @param node where
     * @param pid the process
     */
    public record Entry(String job, int attempt, String node, long pid) {
        static Entry parse(String line) {
            String[] words = line.split(" ", -1);
            return new Entry(words[0], Integer.parseInt(words[1]), words[2], Long.parseLong(words[3]));
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

    private Ledger(Path file, Path tools) {
        this.file = file;
        this.tools = tools;
    }

    /**
     * Opens an empty ledger.
     *
     * @param folder for it, and for the tool's configuration
     * @return a ledger; nodes take the tool from {@link #tools}
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
                      echo "$LONGHAUL_JOB_ID $LONGHAUL_ATTEMPT $LONGHAUL_NODE $$" >>"$LEDGER"
                      [ "$1" = 0 ] || [ "$LONGHAUL_ATTEMPT" -gt 1 ] || exec sleep "$1"
                    - ledger
                    - "{seconds}"
                  env: {LEDGER: "%s"}
                  pass_env: [PATH, LONGHAUL_NODE]
                """.formatted(file));
        return new Ledger(file, tools);
    }

    /**
     * The tool's configuration.
     *
     * @return for {@code LONGHAUL_TOOLS}
     */
    public String tools() {
        return tools.toString();
    }

    /**
     * What was run.
     *
     * @return in the order in which it began
     */
    public List<Entry> entries() throws IOException {
        String text = Files.readString(file);
        // Without what follows the last line break: a line that is being written.
        return text.substring(0, text.lastIndexOf('\n') + 1)
                .lines()
                .map(Entry::parse)
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
