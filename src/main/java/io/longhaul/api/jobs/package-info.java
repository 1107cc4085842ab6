/** One job and lists of jobs: shown and cancelled. */
package io.longhaul.api.jobs;
