package io.longhaul.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A page of the documents, with the programs that it shows and what they print. */
public final class Page {
    private final Path file;
    private final String text;

    private Page(Path file, String text) {
        this.file = file;
        this.text = text;
    }

    /**
     * Reads a page.
     *
     * @param first where it is
     * @param more the rest of the path
     * @return the page
     */
    public static Page of(String first, String... more) {
        Path file = Path.of(first, more);
        try {
            return new Page(file, Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A block of a section.
     *
     * @param section its heading
     * @param language of the block
     * @return the first one
     */
    public String block(String section, String language) {
        Matcher block = Pattern.compile(
                        "\n## " + section + "\n(?:(?!\n## ).)*?(?<=\n)```" + language + "\n(.*?\n)```\n",
                        Pattern.DOTALL)
                .matcher(text);
        if (!block.find()) {
            throw new AssertionError(file + " has no ```" + language + " under " + section);
        }
        return block.group(1);
    }

    /**
     * All blocks of the page in a language, as one program.
     *
     * @param language of the blocks
     * @return one after the other
     */
    public String blocks(String language) {
        return Pattern.compile("(?<=\n)```" + language + "\n(.*?\n)```\n", Pattern.DOTALL)
                .matcher(text)
                .results()
                .map(block -> block.group(1))
                .collect(Collectors.joining());
    }
}
