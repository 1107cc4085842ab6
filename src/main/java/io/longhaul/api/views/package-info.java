/** Views: lists of jobs that are kept by name. */
package io.longhaul.api.views;
