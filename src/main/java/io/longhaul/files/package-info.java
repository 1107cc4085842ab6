/** Files that go into jobs and come out of them: kept in the database, and on a node only as long as a call needs them. */
package io.longhaul.files;
