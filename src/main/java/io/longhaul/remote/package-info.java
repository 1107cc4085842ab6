/** Workers elsewhere, in any language, that claim jobs over HTTP: each is a run of a node, with a lease of its own. */
package io.longhaul.remote;
