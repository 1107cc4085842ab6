package io.longhaul.environment;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Why a file that somebody named cannot be used, without Java's words; the file's name stands before them. */
public final class FileFault {
    private FileFault() {}

    /** Why it cannot be read, such as "there is no such file". */
    public static String ofReading(IOException e) {
        return of(e, "there is no such file", "this user may not read it");
    }

    /** Why it cannot be written. */
    public static String ofWriting(IOException e) {
        return of(e, "there is no such folder", "this user may not write there");
    }

    private static String of(IOException e, String missing, String denied) {
        if (e instanceof NoSuchFileException) {
            return missing;
        }
        if (e instanceof AccessDeniedException) {
            return denied;
        }
        if (e instanceof CharacterCodingException) {
            return "it is not UTF-8";
        }
        String reason = e instanceof FileSystemException known ? known.getReason() : e.getMessage();
        if (reason == null) {
            return e.toString();
        }
        return reason.equals("Is a directory") ? "it is a folder" : reason;
    }
}
