/** A node that works: it claims jobs, renews its lease and ends in order. */
package io.longhaul.workers;
