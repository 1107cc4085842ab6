package io.longhaul.mcp;

import io.longhaul.mcp.protocol.RpcError;

/** Texts of clients that become values of statements, or are kept: PostgreSQL stores no NUL, and no name is very long. */
final class StorableText {
    /** Enough for the address of a file whose path has 1,000 characters, each of which takes nine in an address. */
    static final int LONGEST = 10_000;

    private StorableText() {}

    /**
     * Refuses what is none.
     *
     * @param name of the param or argument
     * @param value of it, or null
     * @return the value
     * @throws RpcError if it is too long, or has a NUL
     */
    static String of(String name, String value) {
        if (value != null && !isOne(value)) {
            throw new RpcError(
                    RpcError.INVALID_PARAMS,
                    "Invalid params: " + name + " must have at most " + LONGEST + " characters, none of them NUL.");
        }
        return value;
    }

    static boolean isOne(String value) {
        return value.length() <= LONGEST && value.indexOf(0) < 0;
    }
}
