/** Data that calls keep about work they gave to others, in the database so that any node can continue that work. */
package io.longhaul.checkpoints;
