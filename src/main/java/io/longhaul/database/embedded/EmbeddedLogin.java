package io.longhaul.database.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Properties;

/**
 * The only role of an embedded server. Its password is made once and kept in the data folder, readable by its owner
 * only.
 *
 * @param user role name, also the name of the database
 * @param password 32 characters
 */
record EmbeddedLogin(String user, String password) {
    static final String NAME = "longhaul";

    static EmbeddedLogin of(DataFolder folder) throws IOException {
        if (Files.notExists(folder.password())) {
            Path fresh = folder.root().resolve("password.new");
            Files.deleteIfExists(fresh);
            writePrivately(fresh, random());
            folder.publish(fresh, folder.password());
        }
        return new EmbeddedLogin(NAME, Files.readString(folder.password()).strip());
    }

    static void writePrivately(Path file, String text) throws IOException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text);
    }

    Properties properties() {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        return properties;
    }

    private static String random() {
        byte[] bytes = new byte[24];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    @Override
    public String toString() {
        return user;
    }
}
