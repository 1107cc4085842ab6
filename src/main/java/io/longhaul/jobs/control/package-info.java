/** The actions of users: cancel one job or many, pause a tool. */
package io.longhaul.jobs.control;
