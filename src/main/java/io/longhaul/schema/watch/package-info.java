/** Checks again and again if the schema fits this release, for readiness. */
package io.longhaul.schema.watch;
