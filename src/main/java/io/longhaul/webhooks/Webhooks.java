package io.longhaul.webhooks;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.BindMethods;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jdbi.v3.sqlobject.transaction.Transactional;

/** The table of endpoints: all reads and changes of it. */
@RegisterConstructorMapper(Webhook.class)
public interface Webhooks extends Transactional<Webhooks> {
    /**
     * The part of an endpoint that its user sets.
     *
     * @param description for people, or null
     * @param tools of whose jobs, or null for all
     * @param includeResult whether messages contain small results
     */
    // Arrays, because they are bound unchanged.
    @SuppressWarnings("ArrayRecordComponent")
    record Wanted(String url, String description, String[] events, String[] tools, boolean includeResult) {}

    /**
     * Creates an endpoint and returns it: a later read might not find it any more, and its secret is shown once.
     *
     * @param secret signs its deliveries
     */
    @SqlQuery("""
            INSERT INTO webhooks (url, description, events, tools, include_result, secret)
            VALUES (:url, :description, :events::text[], :tools::text[], :includeResult, :secret)
            RETURNING id, url, description, events, tools, include_result,
                      CASE WHEN old_secret_until > NOW() THEN old_secret_until END AS old_secret_until,
                      paused_at, disabled_at, disabled_reason, failing_since, created_at
            """)
    Webhook create(@BindMethods Wanted wanted, String secret);

    /**
     * Changes an endpoint as a whole. Pending deliveries go to its new address.
     *
     * @return the endpoint; empty if there is none
     */
    @SqlQuery("""
            UPDATE webhooks
            SET url = :url, description = :description, events = :events::text[], tools = :tools::text[],
                include_result = :includeResult,
                failing_since = CASE WHEN url = :url THEN failing_since END
            WHERE id = :id
            RETURNING id, url, description, events, tools, include_result,
                      CASE WHEN old_secret_until > NOW() THEN old_secret_until END AS old_secret_until,
                      paused_at, disabled_at, disabled_reason, failing_since, created_at
            """)
    Optional<Webhook> change(UUID id, @BindMethods Wanted wanted);

    @SqlQuery("""
            SELECT id, url, description, events, tools, include_result,
                   CASE WHEN old_secret_until > NOW() THEN old_secret_until END AS old_secret_until,
                   paused_at, disabled_at, disabled_reason, failing_since, created_at
            FROM webhooks
            WHERE id = :id
            """)
    Optional<Webhook> find(UUID id);

    /** The same, locked until the end of the transaction that changes it: no change between is undone. */
    @SqlQuery("""
            SELECT id, url, description, events, tools, include_result,
                   CASE WHEN old_secret_until > NOW() THEN old_secret_until END AS old_secret_until,
                   paused_at, disabled_at, disabled_reason, failing_since, created_at
            FROM webhooks
            WHERE id = :id
            FOR NO KEY UPDATE
            """)
    Optional<Webhook> findToChange(UUID id);

    /**
     * A page of endpoints, in the order of their ids.
     *
     * @param after the last id of the page before
     */
    @SqlQuery("""
            SELECT id, url, description, events, tools, include_result,
                   CASE WHEN old_secret_until > NOW() THEN old_secret_until END AS old_secret_until,
                   paused_at, disabled_at, disabled_reason, failing_since, created_at
            FROM webhooks
            WHERE id > :after
            ORDER BY id
            LIMIT :limit
            """)
    List<Webhook> page(UUID after, int limit);

    @SqlQuery("SELECT EXISTS (SELECT FROM webhooks WHERE id = :id)")
    boolean exists(UUID id);

    @SqlQuery("SELECT EXISTS (SELECT FROM webhooks)")
    boolean any();

    /**
     * Removes an endpoint; {@link #forget} removes its deliveries.
     *
     * @return 1, or 0 if there is none
     */
    @SqlUpdate("DELETE FROM webhooks WHERE id = :id")
    int delete(UUID id);

    /**
     * Removes deliveries of an endpoint that was removed.
     *
     * @return their number
     */
    @SqlQuery("""
            WITH gone AS (
                DELETE FROM webhook_deliveries
                WHERE id = ANY (ARRAY(
                    SELECT d.id
                    FROM webhook_deliveries d
                    WHERE d.webhook_id = :id
                    LIMIT :limit
                    FOR UPDATE SKIP LOCKED))
                RETURNING id
            ), attempts AS (
                DELETE FROM webhook_attempts a USING gone g WHERE a.delivery_id = g.id
            )
            SELECT count(*) FROM gone
            """)
    int forget(UUID id, int limit);

    /**
     * Holds deliveries back until {@link #resume}.
     *
     * @return the endpoint; empty if there is none
     */
    @SqlQuery("""
            UPDATE webhooks
            SET paused_at = COALESCE(paused_at, NOW())
            WHERE id = :id
            RETURNING id, url, description, events, tools, include_result,
                      CASE WHEN old_secret_until > NOW() THEN old_secret_until END AS old_secret_until,
                      paused_at, disabled_at, disabled_reason, failing_since, created_at
            """)
    Optional<Webhook> pause(UUID id);

    /**
     * Releases deliveries, also to an endpoint that was disabled.
     *
     * @return the endpoint; empty if there is none
     */
    @SqlQuery("""
            UPDATE webhooks
            SET paused_at = NULL, disabled_at = NULL, disabled_reason = NULL, failing_since = NULL
            WHERE id = :id
            RETURNING id, url, description, events, tools, include_result,
                      CASE WHEN old_secret_until > NOW() THEN old_secret_until END AS old_secret_until,
                      paused_at, disabled_at, disabled_reason, failing_since, created_at
            """)
    Optional<Webhook> resume(UUID id);

    /**
     * Gives an endpoint another secret; the old one signs as well for a while, and so do those that still did: if the
     * answer to the rotation before was lost, the receiver has one of them. At most ten old secrets are kept.
     *
     * @param graceSeconds how long; 0 ends all old secrets at once
     * @return the endpoint; empty if there is none
     */
    @SqlQuery("""
            UPDATE webhooks
            SET old_secret = CASE WHEN old_secret_until > NOW()
                    -- Old secrets are separated by spaces; this keeps the first nine.
                    THEN secret || ' ' || substring(old_secret FROM '^[^ ]+(?: [^ ]+){0,8}') ELSE secret END,
                old_secret_until = CASE WHEN :graceSeconds > 0
                    THEN GREATEST(old_secret_until, NOW() + make_interval(secs => :graceSeconds)) ELSE NOW() END,
                secret = :secret
            WHERE id = :id
            RETURNING id, url, description, events, tools, include_result,
                      CASE WHEN old_secret_until > NOW() THEN old_secret_until END AS old_secret_until,
                      paused_at, disabled_at, disabled_reason, failing_since, created_at
            """)
    Optional<Webhook> rotate(UUID id, String secret, long graceSeconds);

    /** Which of these endpoints have failed since their last success. */
    @SqlQuery("""
            SELECT id
            FROM webhooks
            WHERE id = ANY (:ids::uuid[]) AND failing_since IS NOT NULL
            """)
    List<UUID> failing(UUID[] ids);

    /** Records that a delivery has succeeded. */
    @SqlUpdate("UPDATE webhooks SET failing_since = NULL WHERE id = :id AND failing_since IS NOT NULL")
    void works(UUID id);

    /**
     * Records that an attempt has failed, and disables an endpoint that has failed for too long. If no attempt was made for a
     * while before, the time begins anew: an endpoint that is seldom told of anything must not be disabled by one attempt.
     *
     * @param disableSeconds how long it may fail
     * @param restSeconds the longest time from one attempt at a delivery to the next
     * @param looked deliveries whose attempts are looked at: of those that wait, and of the newest
     * @return the reason if it is now disabled
     */
    // Writes no row if nothing changes: an endpoint may fail thousands of times an hour.
    @SqlQuery("""
            WITH failing AS MATERIALIZED (
                SELECT w.id,
                       w.failing_since IS NOT NULL AND EXISTS (
                           SELECT
                           FROM (
                               -- Those that wait for another attempt were tried before; those that were never tried come last.
                               (SELECT p.id
                                FROM webhook_deliveries p
                                WHERE p.lane = w.id::text AND p.next_at IS NOT NULL
                                ORDER BY p.next_at DESC
                                LIMIT :looked)
                               UNION ALL
                               (SELECT n.id
                                FROM webhook_deliveries n
                                WHERE n.webhook_id = w.id
                                ORDER BY n.created_at DESC, n.id DESC
                                LIMIT :looked)
                           ) d
                           WHERE EXISTS (
                               SELECT
                               FROM webhook_attempts a
                               -- Those of now are written in this transaction.
                               WHERE a.delivery_id = d.id AND a.ended_at < NOW()
                                 AND a.ended_at > NOW() - make_interval(secs => :restSeconds)
                               OFFSET 0)) AS goes_on
                FROM webhooks w
                WHERE w.id = :id AND w.disabled_at IS NULL
                  AND (w.failing_since IS NULL OR w.failing_since < NOW() - make_interval(secs => :disableSeconds))
            )
            UPDATE webhooks w
            SET failing_since = CASE WHEN f.goes_on THEN w.failing_since ELSE NOW() END,
                disabled_at = CASE WHEN f.goes_on THEN NOW() END,
                disabled_reason = CASE WHEN f.goes_on
                    THEN 'No delivery has succeeded since ' || to_char(w.failing_since AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI')
                         || ' UTC.' END
            FROM failing f
            WHERE w.id = f.id AND w.disabled_at IS NULL
            RETURNING w.disabled_reason
            """)
    Optional<String> fails(UUID id, long disableSeconds, long restSeconds, int looked);

    /**
     * Disables an endpoint.
     *
     * @param reason for people
     * @return 1, or 0 if it was disabled before
     */
    @SqlUpdate("""
            UPDATE webhooks
            SET disabled_at = NOW(), disabled_reason = :reason
            WHERE id = :id AND disabled_at IS NULL
            """)
    int disable(UUID id, String reason);
}
