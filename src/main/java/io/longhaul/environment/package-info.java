/** What the process is given: its arguments and environment variables with every letter, files that they name, and how variables get into YAML. */
package io.longhaul.environment;
