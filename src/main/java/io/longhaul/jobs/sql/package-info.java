/** The SQL on jobs, nodes and leases: inserts, claims, transitions and queries, each with the reason for its plan. */
package io.longhaul.jobs.sql;
