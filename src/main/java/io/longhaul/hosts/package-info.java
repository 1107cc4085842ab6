/** How hosts are written in URLs: one reading for all that take them. */
package io.longhaul.hosts;
