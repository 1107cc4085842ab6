// One after the other, because one of them kills the server.
import "./json.mjs";
import "./webhooks.mjs";
import "./jobs.mjs";
import "./files.mjs";
import "./faults.mjs";
