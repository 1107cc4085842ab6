/** Who owns which job and file: what a caller sees, what it may change, and what it may name in a submission. */
package io.longhaul.auth.ownership;
