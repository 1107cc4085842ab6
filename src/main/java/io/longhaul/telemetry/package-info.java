/** The events of a node, and the log lines and metrics made of them. */
package io.longhaul.telemetry;
