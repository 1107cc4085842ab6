/** Connections to PostgreSQL: pools, session settings, and the settings of the server. */
package io.longhaul.database;
