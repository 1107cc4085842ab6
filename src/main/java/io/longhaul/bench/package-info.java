/** Measures this release on a user's own database, beside what plain SQL reaches there. */
package io.longhaul.bench;
