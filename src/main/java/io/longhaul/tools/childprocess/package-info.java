/** Programs that tools start, as processes: their environment, isolation, limits and signals; none is left behind. */
package io.longhaul.tools.childprocess;
