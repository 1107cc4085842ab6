package io.longhaul.jobs.sql;

/**
 * SQL for the fingerprint of a failure, which failures of the same kind share: 16 hexadecimal digits of the hash of the
 * error code and of the message without quoted parts, paths, and words with digits. Stands between {@link #OPEN} and
 * {@link #CLOSE}: the expression of the error code, {@code || ' ' ||}, and that of the message.
 */
// SHA-256, because servers in FIPS mode refuse MD5. The expressions have no backslashes and no character classes with
// names, so that they mean the same to PostgreSQL, JDBI and the driver.
final class FailureSql {
    static final String OPEN =
            "left(encode(sha256(convert_to(regexp_replace(regexp_replace(regexp_replace(regexp_replace(left(";

    /**
     * Quoted parts, where a quote is no apostrophe within a word; then words with slashes; then words with digits; then
     * what is left of them side by side.
     */
    static final String CLOSE = """
            , 2000), '"[^"]*"|`[^`]*`|(?<![A-Za-z0-9])''[^'']*''(?![A-Za-z0-9])', '#', 'g'), \
            '[^ ]*[/][^ ]*', '#', 'g'), '[A-Za-z0-9_.:+-]*[0-9][A-Za-z0-9_.:+-]*', '#', 'g'), \
            '#([ ,;#]*#)*', '#', 'g'), 'UTF8')), 'hex'), 16)""";

    private FailureSql() {}
}
