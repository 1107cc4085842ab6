package io.longhaul.files;

/** A file has more bytes than allowed; none of them are kept. */
public final class FileTooLargeException extends Exception {
    private static final long serialVersionUID = 1L;

    FileTooLargeException(String message) {
        super(message, null, false, false);
    }
}
