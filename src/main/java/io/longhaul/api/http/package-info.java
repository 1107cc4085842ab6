/** Reading requests and writing answers: bodies, queries, headers, ids, idempotency keys, codes of errors. */
package io.longhaul.api.http;
