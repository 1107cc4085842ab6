/** Tools that are requests to HTTP servers: answered at once, polled until they are done, or called back. */
package io.longhaul.tools.http;
