/** Makes waiting jobs ready: due schedules and delays, ended predecessors, free concurrency keys. */
package io.longhaul.workers.release;
