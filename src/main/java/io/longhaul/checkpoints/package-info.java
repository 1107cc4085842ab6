/** What calls keep of work they handed to others, in the database so that any node can go on with it. */
package io.longhaul.checkpoints;
