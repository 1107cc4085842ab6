/** Checks submissions, groups them and commits many in one transaction. */
package io.longhaul.jobs.intake;
