/** The meaning of database errors, decided in one place for all code that reacts to them. */
package io.longhaul.database.faults;
