/** Wires a node: its parts, the order in which they start and stop, its conditions, and the reload of its tools. */
package io.longhaul.server;
