/** Other hosts: how they are written in URLs, one reading for all that take them, and how much they may answer. */
package io.longhaul.hosts;
