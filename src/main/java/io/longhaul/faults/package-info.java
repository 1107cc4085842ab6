/** What the errors of a database mean: one place decides, and whoever has to do with them asks it. */
package io.longhaul.faults;
