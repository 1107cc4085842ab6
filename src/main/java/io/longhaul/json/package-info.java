/** JSON of clients as a tree: how large it is, whether there is memory for it, and where a walk through it is. */
package io.longhaul.json;
