/** Makes waiting jobs ready: due schedules, ended predecessors, free concurrency keys. */
package io.longhaul.workers.release;
