package io.longhaul.jobs;

/** The statements that accept jobs, on one connection. */
interface Acceptance extends JobTransitions, FairQueue {}
