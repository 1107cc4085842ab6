/** Translation of failures into the one shape of errors, and answers after a commit. */
package io.longhaul.api.errors;
