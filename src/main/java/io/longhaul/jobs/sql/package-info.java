/** The statements on jobs, nodes and leases, each with the reason for its plan. */
package io.longhaul.jobs.sql;
