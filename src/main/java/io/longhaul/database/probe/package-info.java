/** What the engine behind an address can do, found out by trying: row locks that are skipped, notifications, and more. */
package io.longhaul.database.probe;
