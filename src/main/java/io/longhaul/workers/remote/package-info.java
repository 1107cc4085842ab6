/**
 * Remote workers, in any language, that claim jobs over HTTP: each is registered like a node, with a lease of its own.
 */
package io.longhaul.workers.remote;
