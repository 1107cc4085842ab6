/** One job and lists of jobs: shown, waited for, cancelled. */
package io.longhaul.api.jobs;
