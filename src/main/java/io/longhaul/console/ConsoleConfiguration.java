package io.longhaul.console;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * The {@code console:} block.
 *
 * @param enabled whether the pages are served; null to serve them unless strangers could open them
 */
public record ConsoleConfiguration(Boolean enabled) {
    public static final ConsoleConfiguration DEFAULT = new ConsoleConfiguration(null);

    @JsonCreator
    static ConsoleConfiguration of(@JsonProperty("enabled") String enabled) {
        return new ConsoleConfiguration(read(enabled == null ? "" : enabled.strip()));
    }

    private static Boolean read(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "", "auto" -> null;
            case "true" -> true;
            case "false" -> false;
            default ->
                throw new IllegalArgumentException(
                        "console.enabled is '" + text + "': write true, false, or auto for the default");
        };
    }

    /**
     * Tells whether the pages are served.
     *
     * @param protectedFromStrangers whether only this machine reaches the server, or it asks for keys
     */
    public boolean isOn(boolean protectedFromStrangers) {
        return enabled == null ? protectedFromStrangers : enabled;
    }
}
