/** Submitting and repeating a job. */
package io.longhaul.api.intake;
