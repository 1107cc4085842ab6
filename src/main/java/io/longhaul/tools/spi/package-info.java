/** What a tool in Java is compiled against. */
package io.longhaul.tools.spi;
