/** The protocol of remote workers: claim, heartbeat, report, finish. */
package io.longhaul.api.workers;
