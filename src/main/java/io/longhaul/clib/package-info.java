/** The way to the C library, for what Java does not offer. */
package io.longhaul.clib;
