package io.longhaul.jobs;

/** The same plans on the PostgreSQL of the process tests: another version, which estimates costs differently. */
class PlanIT extends PlanTest {}
