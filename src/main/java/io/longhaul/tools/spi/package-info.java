/** The interface that tools in Java implement. */
package io.longhaul.tools.spi;
