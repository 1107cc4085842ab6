package io.longhaul.tools.params;

/**
 * An error at one place of the params.
 *
 * @param pointer JSON pointer (RFC 6901) into the params; empty for the params as a whole
 */
public record ParamError(String pointer, String message) {}
