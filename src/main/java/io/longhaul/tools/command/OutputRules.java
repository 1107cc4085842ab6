package io.longhaul.tools.command;

import io.longhaul.tools.OutputMode;

/**
 * How standard output is read.
 *
 * @param mode what it becomes when no result line came
 * @param protocol whether lines may speak to the server
 * @param most largest output in bytes, protocol lines not counted; also of a result line
 */
record OutputRules(OutputMode mode, boolean protocol, int most) {}
