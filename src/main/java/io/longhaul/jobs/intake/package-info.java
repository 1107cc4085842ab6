/** The only way in for jobs: checks submissions, groups them and commits many in one transaction. */
package io.longhaul.jobs.intake;
