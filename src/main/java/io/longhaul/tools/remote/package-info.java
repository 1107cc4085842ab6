/** Tools whose work is done by workers elsewhere. */
package io.longhaul.tools.remote;
