--liquibase formatted sql

--changeset longhaul:0014-mcp splitStatements:false rollbackSplitStatements:false
--comment level=14 min-app=13 Sessions of MCP clients, and which jobs their calls wait for.
DO $$
BEGIN
    PERFORM set_config('lock_timeout', '2s', true);

    -- Clients that begin with initialize; the others need nothing.
    CREATE TABLE mcp_sessions (
        id UUID PRIMARY KEY,
        principal TEXT,
        protocol_version VARCHAR(20) NOT NULL,
        log_level VARCHAR(20),
        subscriptions TEXT[] NOT NULL DEFAULT '{}',
        created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
        seen_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
    );
    CREATE INDEX idx_mcp_sessions_seen_at ON mcp_sessions (seen_at);

    -- Which job a call of a session waits for, so that any node can call it off. Rows go when the call is answered.
    CREATE TABLE mcp_calls (
        session_id UUID NOT NULL REFERENCES mcp_sessions (id) ON DELETE CASCADE,
        request_id TEXT NOT NULL,
        job_id UUID NOT NULL,
        PRIMARY KEY (session_id, request_id)
    );
END $$;
--rollback DO $$
--rollback BEGIN
--rollback     PERFORM set_config('lock_timeout', '2s', true);
--rollback     -- What is in them is worth nothing to a program that does not know them: its clients begin anew.
--rollback     DROP TABLE IF EXISTS mcp_calls;
--rollback     DROP TABLE IF EXISTS mcp_sessions;
--rollback END $$;
