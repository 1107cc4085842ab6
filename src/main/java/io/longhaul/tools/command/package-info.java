/** Tools that are programs: started without a shell, with params as arguments and as JSON on standard input. */
package io.longhaul.tools.command;
