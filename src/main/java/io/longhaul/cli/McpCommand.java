package io.longhaul.cli;

import io.dropwizard.core.cli.Command;
import io.dropwizard.core.setup.Bootstrap;
import io.longhaul.cli.remote.ServerAddress;
import io.longhaul.client.NoTls;
import io.longhaul.client.ServerUrl;
import io.longhaul.environment.Program;
import io.longhaul.mcp.stdio.Bridge;
import io.longhaul.mcp.stdio.Server;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;

/**
 * {@code mcp}: a server's tools for hosts that start a program and speak MCP over its standard input and output. It needs no
 * part of the server, so that it starts quickly.
 */
public final class McpCommand {
    private static final String HELP = """
            usage: %s mcp [config.yml | --url URL]

            Lets a host that starts a program (Claude Desktop, Goose, Cursor and others) use the tools of a running server:
            it speaks the Model Context Protocol on standard input and output, and passes each message on to the server.

              config.yml   the configuration file of a server on this machine, for its address
              --url URL    the server, or LONGHAUL_URL; several with commas. Without it, the one on this machine at
                           LONGHAUL_BIND and LONGHAUL_PORT (http://127.0.0.1:8080)
              LONGHAUL_API_KEY holds an API key or token, if the server asks for one.

            It ends when its input does; jobs that run then go on. Only the protocol goes to standard output.
            Exits 0 at the end, 2 if the command is wrong.
            """;

    private static final int DONE = 0;
    private static final int REFUSED = 2;

    /** A server that is there takes a connection at once, wherever it is. */
    private static final Duration CONNECT = Duration.ofSeconds(3);

    private final Map<String, String> environment;
    private final InputStream in;
    private final OutputStream out;
    private final PrintStream err;

    /** {@code mcp} in Dropwizard's list of commands; {@link McpCommand} runs before that list exists. */
    public static final class Listing extends Command {
        public Listing() {
            super("mcp", "Speaks MCP over standard input and output, for a running server: see mcp --help.");
        }

        @Override
        public void configure(Subparser parser) {
            parser.help(getDescription());
            // McpCommand reads its own arguments.
        }

        @Override
        public void run(Bootstrap<?> bootstrap, Namespace arguments) {
            throw new IllegalStateException("mcp is run without Dropwizard");
        }
    }

    /** The arguments cannot be understood; the message says what is possible. */
    private static final class Misuse extends Exception {
        private static final long serialVersionUID = 1L;

        Misuse(String message) {
            super(message);
        }
    }

    /**
     * @param out for the protocol
     * @param err for everything else
     */
    public McpCommand(Map<String, String> environment, InputStream in, OutputStream out, PrintStream err) {
        this.environment = environment;
        this.in = in;
        this.out = out;
        this.err = err;
    }

    /**
     * Runs until the input ends.
     *
     * @param arguments those after {@code mcp}
     * @return the exit code
     */
    public int run(List<String> arguments) {
        if (arguments.contains("--help") || arguments.contains("-h")) {
            err.print(HELP.formatted(Program.name(environment)));
            return DONE;
        }
        try {
            Server server = server(arguments);
            err.println("longhaul mcp: passes MCP on to " + server.endpoints().get(0));
            // The host ends this program, or reads no longer: that is no failure, and there is nothing to clear up.
            Runnable end = () -> Runtime.getRuntime().halt(DONE);
            Runtime.getRuntime().addShutdownHook(new Thread(end, "quiet-end"));
            Bridge.to(server, out, line -> err.println("longhaul mcp: " + line), end)
                    .serve(in);
            return DONE;
        } catch (Misuse e) {
            err.println("mcp: " + e.getMessage() + ".");
            return REFUSED;
        } catch (IOException e) {
            err.println("mcp: standard input cannot be read any more: " + e.getMessage());
            return DONE;
        }
    }

    private Server server(List<String> arguments) throws Misuse {
        String file = null;
        String urls = null;
        for (int i = 0; i < arguments.size(); i++) {
            String word = arguments.get(i);
            if (word.startsWith("--url=")) {
                urls = word.substring("--url=".length());
            } else if (word.equals("--url")) {
                if (i + 1 == arguments.size()) {
                    throw new Misuse("--url needs a value, such as http://127.0.0.1:8080");
                }
                i++;
                urls = arguments.get(i);
            } else if (word.startsWith("-") || file != null) {
                throw new Misuse("\"" + word + "\" is not known: mcp [config.yml | --url URL]");
            } else {
                file = word;
            }
        }
        if (file != null && urls != null) {
            throw new Misuse("write either a configuration file or --url");
        }
        String given = file == null ? given(urls) : address(file);
        return server(given, Program.name(environment) + " server" + (file == null ? "" : " " + file));
    }

    private String given(String urls) throws Misuse {
        try {
            return urls == null ? ServerAddress.in(environment) : urls;
        } catch (IllegalArgumentException e) {
            throw new Misuse(e.getMessage());
        }
    }

    private String address(String file) throws Misuse {
        ConfigurationFiles files = new ConfigurationFiles(environment::get);
        try {
            return ConfiguredAddress.in(Path.of(file), files.substitutor()::replace);
        } catch (NoSuchFileException e) {
            throw new Misuse(file + " cannot be read: there is no such file");
        } catch (AccessDeniedException e) {
            throw new Misuse(file + " cannot be read: this user may not read it");
        } catch (IOException | RuntimeException e) {
            throw new Misuse(file + " cannot be read: " + e.getMessage());
        }
    }

    private Server server(String urls, String start) throws Misuse {
        try {
            List<URI> endpoints =
                    Stream.of(urls.split(",", -1)).map(McpCommand::endpoint).toList();
            HttpClient http = NoTls.unlessNeeded(
                            endpoints.stream().map(URI::toString).toList())
                    .connectTimeout(CONNECT)
                    .build();
            return new Server(http, endpoints, ServerAddress.key(environment), start, Server.Patience.USUAL);
        } catch (IllegalArgumentException e) {
            throw new Misuse(e.getMessage());
        }
    }

    /** The address of a server or of its endpoint, whichever was at hand. */
    private static URI endpoint(String url) {
        return URI.create(ServerUrl.checked(url).replaceAll("(/mcp)?/*$", "") + "/mcp");
    }
}
