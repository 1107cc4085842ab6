/** Addresses at which tools are called back, kept in the database so that any node can take the call. */
package io.longhaul.callbacks;
