/** Ids that cannot be guessed, and whose rows lie together in indexes. */
package io.longhaul.ids;
