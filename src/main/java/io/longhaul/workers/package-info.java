/** A node that works: its dispatcher, and the order in which it starts, drains and stops. */
package io.longhaul.workers;
