/** The PostgreSQL inside the jar, for those who bring none. */
package io.longhaul.database.embedded;
