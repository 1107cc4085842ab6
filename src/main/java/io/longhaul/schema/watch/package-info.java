/** Whether the schema fits this release: looked at again and again, for readiness. */
package io.longhaul.schema.watch;
