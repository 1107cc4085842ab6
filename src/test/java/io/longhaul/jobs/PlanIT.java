package io.longhaul.jobs;

/** The same plans on the PostgreSQL that process tests run on: another version, which weighs costs otherwise. */
class PlanIT extends PlanTest {}
