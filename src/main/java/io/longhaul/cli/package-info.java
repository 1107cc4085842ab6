/** All commands but those on the schema, and their output. */
package io.longhaul.cli;
