/** Operations on all jobs that match a filter: begun, shown, stopped. */
package io.longhaul.api.operations;
