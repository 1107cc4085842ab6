/** The model of a job, its statuses, and the signals that tell the parts of a node about changes. */
package io.longhaul.jobs;
