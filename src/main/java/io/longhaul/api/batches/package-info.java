/** Many jobs in one request: batches, bulk cancel, bulk retry. */
package io.longhaul.api.batches;
