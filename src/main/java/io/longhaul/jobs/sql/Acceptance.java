package io.longhaul.jobs.sql;

/** The statements that accept jobs, on one connection. */
public interface Acceptance extends JobTransitions, FairQueue {}
