/** Addresses at which tools are called back, kept in the database so that any node can be called. */
package io.longhaul.callbacks;
