/** Pages of jobs: the list, one job, and what may be done with them. */
package io.longhaul.console.jobs;
