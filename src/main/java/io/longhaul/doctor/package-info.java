/** Checks a running set-up, and says what to change and why; it changes nothing itself. */
package io.longhaul.doctor;
