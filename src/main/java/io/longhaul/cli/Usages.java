package io.longhaul.cli;

import io.longhaul.environment.Program;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Output in which usages name the program as it was called: Dropwizard knows only the name of its jar. */
public final class Usages extends FilterOutputStream {
    private static final Pattern USAGE = Pattern.compile("^usage: java -jar [\\w.-]+\\.jar", Pattern.MULTILINE);

    private final byte[] called;

    /** @param out gets everything else as it is */
    public Usages(OutputStream out) {
        this(out, Program.called());
    }

    Usages(OutputStream out, String called) {
        super(out);
        this.called = ("usage: " + called).getBytes(StandardCharsets.UTF_8);
    }

    /** Dropwizard writes a whole usage at once. */
    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        // Each character is one byte, so that any encoding goes through.
        String text = new String(bytes, from, length, StandardCharsets.ISO_8859_1);
        String name = Matcher.quoteReplacement(new String(called, StandardCharsets.ISO_8859_1));
        out.write(USAGE.matcher(text).replaceAll(name).getBytes(StandardCharsets.ISO_8859_1));
    }

    /** A stream for printing keeps its failures to itself. */
    @Override
    public void flush() throws IOException {
        super.flush();
        if (out instanceof PrintStream printed && printed.checkError()) {
            throw new IOException("the output cannot be written");
        }
    }
}
