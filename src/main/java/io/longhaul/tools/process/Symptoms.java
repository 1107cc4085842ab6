package io.longhaul.tools.process;

import java.util.regex.Pattern;

/** What programs say when the system refuses them something: its own words, and those of some languages. */
enum Symptoms {
    /** ENOMEM. */
    MEMORY("cannot allocate memory|out of memory|memory exhausted|memoryerror|bad_alloc|outofmemoryerror"
            + "|could not reserve enough space|cannot allocate"),
    /** EFBIG. */
    FILE_SIZE("file too large|file size limit exceeded"),
    /** EMFILE. */
    OPEN_FILES("too many open files"),
    /** EAGAIN of fork. */
    PROCESSES("cannot fork|can't fork|fork: |resource temporarily unavailable|unable to create native thread");

    private final Pattern words;

    Symptoms(String words) {
        this.words = Pattern.compile(words, Pattern.CASE_INSENSITIVE);
    }

    boolean in(String text) {
        return words.matcher(text).find();
    }
}
