/**
 * Tools that are programs: started without a shell, in a process group of their own, with the params as arguments and
 * as JSON on standard input.
 */
package io.longhaul.tools.command;
