/** Uploads, downloads, and the files of a job. */
package io.longhaul.api.files;
