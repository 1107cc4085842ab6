/** Connections to PostgreSQL: pools, session settings, and what the server has set. */
package io.longhaul.database;
