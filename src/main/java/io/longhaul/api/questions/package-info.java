/** The questions of a job's tool, and answers to them. */
package io.longhaul.api.questions;
