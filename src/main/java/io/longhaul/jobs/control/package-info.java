/** What people do to jobs and tools: cancel one or many, pause a tool. */
package io.longhaul.jobs.control;
