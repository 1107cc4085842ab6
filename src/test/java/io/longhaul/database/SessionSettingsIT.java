package io.longhaul.database;

/** Runs on the PostgreSQL of the process tests, whose settings differ from the shipped one. */
class SessionSettingsIT extends SessionSettingsTest {}
