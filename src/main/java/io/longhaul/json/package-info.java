/** JSON of clients: as a tree, how large it is, whether there is memory for it, where a walk through it is; what is wrong with a text. */
package io.longhaul.json;
