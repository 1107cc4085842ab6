/** One job, and lists of jobs in pages: shown and cancelled. */
package io.longhaul.api.jobs;
