/** Secrets that tools need: their sources, and the code that keeps them out of whatever is shown or stored. */
package io.longhaul.tools.secrets;
