/** Tasks of the admin port: drain a node, reload its tools. */
package io.longhaul.admin;
