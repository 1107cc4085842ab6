/** Secrets that tools need: where they come from, and what keeps them out of all that is shown or kept. */
package io.longhaul.tools.secrets;
