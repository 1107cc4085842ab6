/** Why a pending job has not begun: one sentence for each cause, for every door. */
package io.longhaul.jobs.reasons;
