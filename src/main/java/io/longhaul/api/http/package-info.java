/** Reading requests and writing answers: bodies, queries, headers, ids, the shape of errors. */
package io.longhaul.api.http;
