/** What happens on a node, told to whoever makes log lines and metrics of it. */
package io.longhaul.telemetry;
