/** The changelog, and the problems there can be between it and a database. */
package io.longhaul.schema;
