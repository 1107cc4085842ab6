--liquibase formatted sql

--changeset longhaul:0016-mcp-apps splitStatements:false rollbackSplitStatements:false
--comment level=16 min-app=13 Which MCP clients show pages of servers.
DO $$
BEGIN
    PERFORM set_config('lock_timeout', '2s', true);

    -- What a client can do it says once, when its session begins.
    ALTER TABLE mcp_sessions ADD COLUMN shows_apps BOOLEAN NOT NULL DEFAULT false;
END $$;
--rollback DO $$
--rollback BEGIN
--rollback     PERFORM set_config('lock_timeout', '2s', true);
--rollback     ALTER TABLE IF EXISTS mcp_sessions DROP COLUMN IF EXISTS shows_apps;
--rollback END $$;
