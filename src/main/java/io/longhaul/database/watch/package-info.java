/** Watches the database for what makes jobs slow or unsafe: its settings, and transactions that stay open. */
package io.longhaul.database.watch;
