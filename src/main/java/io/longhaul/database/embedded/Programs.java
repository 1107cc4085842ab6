package io.longhaul.database.embedded;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * PostgreSQL's programs, ready to run.
 *
 * @param home folder with {@code bin}
 * @param account runs them
 * @param major 18 for PostgreSQL 18.6
 */
record Programs(Path home, Account account, int major) {
    private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) (\\d+)");

    /**
     * The variables that PostgreSQL needs. All others are left out: nothing may point it elsewhere, and processes of
     * the same user can read each other's environment, which holds passwords.
     */
    private static final Set<String> PASSED =
            Set.of("PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "TZ", "TZDIR", "LD_LIBRARY_PATH");

    static Programs in(DataFolder folder) throws IOException, InterruptedException {
        return at(folder, new Unpacking(folder).programs(Platform.current().archive()));
    }

    /** The programs of a folder with {@code bin}. */
    static Programs at(DataFolder folder, Path home) throws IOException, InterruptedException {
        int major = majorOf(home);
        return new Programs(home, Account.choose(folder, home), major);
    }

    /** Also proves that the programs can run here; even root may ask for the version. */
    static int majorOf(Path home) throws IOException, InterruptedException {
        String version;
        try {
            version = new Programs(home, new Account(List.of(), 0), 0).run("postgres", "--version");
        } catch (IOException e) {
            throw new EmbeddedPostgresException(
                    "programs in " + home + " cannot be run (" + e.getMessage() + ")",
                    "set LONGHAUL_DATA to a folder on a disk that is not mounted noexec",
                    e);
        }
        Matcher major = VERSION.matcher(version);
        if (!major.find()) {
            throw new EmbeddedPostgresException("postgres --version said " + version, "delete " + home);
        }
        return Integer.parseInt(major.group(1));
    }

    /** The command line of a program, run under the right account. */
    List<String> words(String program, String... arguments) {
        return account.words(home.resolve("bin").resolve(program).toString(), arguments);
    }

    /**
     * Runs a program to its end.
     *
     * @return its output
     * @throws EmbeddedPostgresException if it fails, with the line that gives the reason
     */
    String run(String program, String... arguments) throws IOException, InterruptedException {
        Process process = builder(words(program, arguments)).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new EmbeddedPostgresException(
                    program + " failed (" + ServerLog.reason(output) + ")",
                    "cure that, or use a PostgreSQL of your own by DATABASE_URL; if files were damaged, deleting "
                            + home + " makes Longhaul unpack them again");
        }
        return output;
    }

    /** A process with a reduced environment, and with English messages for {@link ServerLog}. */
    static ProcessBuilder builder(List<String> words) {
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(words)).redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        environment.keySet().retainAll(PASSED);
        environment.put("LC_ALL", "C");
        return builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
    }

    /** True if the operating system has a program of this name on its PATH. */
    static boolean isInstalled(String program) {
        String path = System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
        return Arrays.stream(path.split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
