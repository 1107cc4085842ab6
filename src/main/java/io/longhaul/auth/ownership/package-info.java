/** Owners of jobs and files: a caller sees, changes and names in submissions only those that it may. */
package io.longhaul.auth.ownership;
