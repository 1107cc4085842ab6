package io.longhaul.cli;

import io.dropwizard.core.cli.Command;
import io.dropwizard.core.setup.Bootstrap;
import io.longhaul.cli.remote.ServerAddress;
import io.longhaul.cli.remote.TargetServer;
import io.longhaul.client.NoTls;
import io.longhaul.client.ServerUrl;
import io.longhaul.environment.FileFault;
import io.longhaul.environment.Program;
import io.longhaul.mcp.stdio.Bridge;
import io.longhaul.mcp.stdio.Server;
import io.longhaul.schema.Examples;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.sourceforge.argparse4j.ArgumentParsers;
import net.sourceforge.argparse4j.inf.ArgumentParser;
import net.sourceforge.argparse4j.inf.ArgumentParserException;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;

/**
 * {@code mcp}: a server's tools for hosts that start a program and speak MCP over its standard input and output. It needs no
 * part of the server, so that it starts quickly.
 */
public final class McpCommand {
    private static final String ABOUT = """
            Lets a host that starts a program (Claude Desktop, Goose, Cursor and others) use the tools of a running server: it \
            speaks the Model Context Protocol on standard input and output, and passes each message on to the server.
            LONGHAUL_API_KEY holds an API key or token, if the server asks for one. It ends when its input does; jobs that run \
            then go on. Only the protocol goes to standard output. Exits 0 at the end, 2 if the command is wrong.""";

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
            declare(parser);
        }

        @Override
        public void run(Bootstrap<?> bootstrap, Namespace arguments) {
            throw new IllegalStateException("mcp is run without Dropwizard");
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
            err.print(parser().formatHelp());
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
        } catch (ArgumentParserException e) {
            String cure = Misspelling.cure(e).map(meant -> " " + meant).orElse("");
            err.println("mcp: " + e.getMessage() + "." + cure + " See " + Program.called(environment) + " mcp --help.");
            return REFUSED;
        } catch (IllegalArgumentException e) {
            err.println("mcp: " + e.getMessage() + ".");
            return REFUSED;
        } catch (IOException e) {
            err.println("mcp: standard input cannot be read any more: " + e.getMessage());
            return DONE;
        }
    }

    private ArgumentParser parser() {
        ArgumentParser parser = ArgumentParsers.newFor(Program.called(environment) + " mcp")
                .terminalWidthDetection(false)
                .addHelp(false)
                .build();
        declare(parser);
        return parser;
    }

    private static void declare(ArgumentParser parser) {
        parser.description(ABOUT);
        Examples.add(parser, "mcp");
        parser.addArgument("file").nargs("?").help("configuration file of a server on this machine, for its address");
        parser.addArgument("--url")
                .help("the server, or LONGHAUL_URL; several with commas. Without it, the one on this machine at"
                        + " LONGHAUL_BIND and LONGHAUL_PORT (http://127.0.0.1:8080)");
        parser.addArgument("--server")
                .metavar("NAME")
                .help("a server of ~/.config/longhaul/servers.yml, or LONGHAUL_SERVER");
    }

    private Server server(List<String> words) throws ArgumentParserException {
        Namespace arguments = parser().parseArgs(words.toArray(String[]::new));
        String file = arguments.getString("file");
        String url = arguments.getString("url");
        String name = arguments.getString("server");
        if (file != null && (url != null || name != null)) {
            throw new IllegalArgumentException("write either a configuration file, or --url or --server");
        }
        TargetServer target = file == null
                ? TargetServer.of(url, name, environment, line -> err.println("longhaul mcp: " + line))
                : TargetServer.of(address(file), ServerAddress.key(environment));
        List<URI> endpoints = Stream.of(target.urls().split(",", -1))
                .map(McpCommand::endpoint)
                .toList();
        HttpClient http = NoTls.unlessNeeded(
                        endpoints.stream().map(URI::toString).toList())
                .connectTimeout(CONNECT)
                .build();
        String start = Program.called(environment) + " server" + (file == null ? "" : " " + file);
        return new Server(http, endpoints, target.key(), start, Server.Patience.USUAL);
    }

    private String address(String file) {
        ConfigurationFiles files = new ConfigurationFiles(environment::get);
        try {
            return ConfiguredAddress.in(Path.of(file), files.substitutor()::replace);
        } catch (IOException e) {
            throw new IllegalArgumentException(file + " cannot be read: " + FileFault.ofReading(e), e);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** The address of a server or of its endpoint, whichever was at hand. */
    private static URI endpoint(String url) {
        return URI.create(ServerUrl.checked(url).replaceAll("(/mcp)?/*$", "") + "/mcp");
    }
}
