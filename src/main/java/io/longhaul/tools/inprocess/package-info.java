/** Tools that run inside this process: the built-in ones, and Java classes from the class path. */
package io.longhaul.tools.inprocess;
