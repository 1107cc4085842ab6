/** All data of a database in one file: written from it in one moment, and read into an empty one. */
package io.longhaul.backup;
