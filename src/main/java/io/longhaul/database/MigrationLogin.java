package io.longhaul.database;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The {@code database.migration:} block: the login for schema changes, if it differs from the server's.
 *
 * @param url a direct address, see {@link DatabaseConfiguration#setUrl}; empty for the server's own
 * @param user the owner of the schema; empty for the one in the address, or the server's own
 * @param password of that role
 */
public record MigrationLogin(String url, String user, String password) {
    /** Replaces null by an empty text. */
    @JsonCreator
    public MigrationLogin(
            @JsonProperty("url") String url,
            @JsonProperty("user") String user,
            @JsonProperty("password") String password) {
        this.url = url == null ? "" : url;
        this.user = user == null ? "" : user;
        this.password = password == null ? "" : password;
    }

    /** Leaves out the password. */
    @Override
    public String toString() {
        return user.isEmpty() ? "MigrationLogin" : "MigrationLogin of " + user;
    }
}
