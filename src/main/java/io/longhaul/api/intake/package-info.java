/** Submitting and repeating a job: what clients send is read, and params are checked against the schema of their tool. */
package io.longhaul.api.intake;
