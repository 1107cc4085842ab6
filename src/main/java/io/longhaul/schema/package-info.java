/** The changelog, and what can be wrong between it and a database. */
package io.longhaul.schema;
