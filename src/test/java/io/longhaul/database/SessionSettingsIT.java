package io.longhaul.database;

/** The same on the PostgreSQL that process tests run on, which has other settings than the one we ship. */
class SessionSettingsIT extends SessionSettingsTest {}
