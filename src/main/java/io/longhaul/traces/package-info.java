/** Distributed traces (W3C Trace Context): which one a request or a job belongs to, and how that is passed on. */
package io.longhaul.traces;
