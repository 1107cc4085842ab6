/** The tools of this node: their configuration, their policies and the check of their params. */
package io.longhaul.tools;
