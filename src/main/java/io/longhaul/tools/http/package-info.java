/** Tools that are requests to HTTP servers: answered at once, asked after until they are done, or called back. */
package io.longhaul.tools.http;
