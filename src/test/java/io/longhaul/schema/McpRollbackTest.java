package io.longhaul.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.testing.OwnSession;
import io.longhaul.testing.TestDatabase;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Sessions of MCP clients go with their level, because older programs do not know them. Jobs stay. */
@OwnSession
class McpRollbackTest {
    @RegisterExtension
    final TestDatabase database = TestDatabase.empty();

    @Test
    void sessionsAndCallsGoWithTheirLevelAndNewOnesWorkAfterIt() throws Exception {
        DataSource source = database.dataSource();
        Migrations migrations = new Migrations(source);
        int level14 = (int) Migrations.PACKED.changesets().stream()
                .filter(changeset -> changeset.level() <= 14)
                .count();
        migrations.run(Migrations.PACKED, liquibase -> liquibase.update(level14, ""));
        addSession(source);
        Sql.run(source, """
                INSERT INTO jobs (id, tool_name, trace_id, parameters, expires_at)
                VALUES ('3f2504e0-4f89-41d3-9a0c-0305e82c3302', 'fold', 'trace', '{}', NOW())
                """);

        migrations.run(Migrations.PACKED, liquibase -> liquibase.rollback(1, ""));
        assertThat(Sql.one(source, "SELECT to_regclass('mcp_sessions') IS NULL AND to_regclass('mcp_calls') IS NULL"))
                .isEqualTo("t");

        migrations.run(Migrations.PACKED, liquibase -> liquibase.update(1, ""));
        assertThat(Sql.one(source, "SELECT COUNT(*) FROM mcp_sessions")).isEqualTo("0");
        assertThat(Sql.one(source, "SELECT tool_name FROM jobs")).isEqualTo("fold");
        addSession(source);
        assertThat(Sql.one(source, "SELECT COUNT(*) FROM mcp_calls")).isEqualTo("1");
    }

    private static void addSession(DataSource source) throws Exception {
        Sql.run(source, """
                INSERT INTO mcp_sessions (id, protocol_version, subscriptions)
                VALUES ('3f2504e0-4f89-41d3-9a0c-0305e82c3301', '2025-11-25', '{longhaul://jobs/x}');
                INSERT INTO mcp_calls (session_id, request_id, job_id)
                VALUES ('3f2504e0-4f89-41d3-9a0c-0305e82c3301', '1', '3f2504e0-4f89-41d3-9a0c-0305e82c3302')
                """);
    }
}
