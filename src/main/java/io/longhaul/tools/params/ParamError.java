package io.longhaul.tools.params;

/**
 * What is wrong with one place of the params.
 *
 * @param pointer JSON pointer (RFC 6901) into the params; empty for the params as a whole
 * @param message what is wrong there
 */
public record ParamError(String pointer, String message) {}
