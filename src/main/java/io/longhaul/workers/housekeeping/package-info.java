/**
 * Done by one node for all: jobs of lost workers, expired jobs, retention, figures, and rows that make statements
 * fail.
 */
package io.longhaul.workers.housekeeping;
