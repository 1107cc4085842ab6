/** The commands that are neither the server nor the schema, and what they print. */
package io.longhaul.cli;
