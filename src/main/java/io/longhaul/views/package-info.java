/** Views: lists of jobs that people keep by name, for themselves or for all. */
package io.longhaul.views;
