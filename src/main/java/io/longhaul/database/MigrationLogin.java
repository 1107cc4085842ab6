package io.longhaul.database;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The {@code database.migration:} block: who changes the schema, where that is not whom the server logs in as.
 *
 * @param url a direct address, see {@link DatabaseConfiguration#setUrl}; empty for the server's own
 * @param user the owner of the schema; empty for the one in the address, or the server's own
 * @param password of that role
 */
public record MigrationLogin(String url, String user, String password) {
    /** Takes what is left out for empty. */
    @JsonCreator
    public MigrationLogin(
            @JsonProperty("url") String url,
            @JsonProperty("user") String user,
            @JsonProperty("password") String password) {
        this.url = url == null ? "" : url;
        this.user = user == null ? "" : user;
        this.password = password == null ? "" : password;
    }

    /** Without the password. */
    @Override
    public String toString() {
        return user.isEmpty() ? "MigrationLogin" : "MigrationLogin of " + user;
    }
}
