/** Definitions of tools in YAML: read from config.yml and the tool files, with every mistake reported at its line. */
package io.longhaul.tools.definitions;
