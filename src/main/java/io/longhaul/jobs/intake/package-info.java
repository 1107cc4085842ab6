/** The way in: submissions are checked, put together and committed, many by one transaction. */
package io.longhaul.jobs.intake;
