/** The PostgreSQL inside the jar, for users without one. */
package io.longhaul.database.embedded;
