/** Pages of tools: the list, one tool, and the form that submits a job for it. */
package io.longhaul.console.tools;
