package io.longhaul.campaign;

import io.longhaul.testing.Await;
import java.io.IOException;
import java.time.Duration;

/** What is done to the leader of a cluster. {@link PatroniCluster#heal} undoes it. */
enum FailoverScenario {
    LEADER("leader killed") {
        @Override
        void happen(PatroniCluster cluster, PatroniMember leader) throws IOException {
            leader.killAll();
        }
    },
    MACHINE("leader's machine gone") {
        @Override
        void happen(PatroniCluster cluster, PatroniMember leader) throws IOException {
            leader.cutFromAll();
        }
    },
    PROCESS("PostgreSQL killed") {
        @Override
        void happen(PatroniCluster cluster, PatroniMember leader) throws IOException {
            leader.killPostgres();
        }
    },
    CUT("leader cut off from members and etcd") {
        @Override
        void happen(PatroniCluster cluster, PatroniMember leader) throws IOException {
            leader.cutFromMembers();
        }
    },
    SWITCHOVER("switchover") {
        @Override
        void happen(PatroniCluster cluster, PatroniMember leader) throws IOException {
            leader.switchTo(cluster.synchronousStandby());
        }
    },
    DISK("leader's disk full") {
        /** In which an operator sees it. */
        private static final Duration UNTIL_SEEN = Duration.ofSeconds(10);

        /** Patroni does nothing as long as PostgreSQL answers: an operator switches over, which needs no room. */
        @Override
        void happen(PatroniCluster cluster, PatroniMember leader) throws IOException {
            leader.fillDisk();
            try {
                Await.until(
                        "another one leads",
                        UNTIL_SEEN,
                        () -> cluster.leader().map(now -> now != leader).orElse(false));
            } catch (AssertionError stays) {
                System.out.println("  " + leader.name() + " stays the leader; somebody switches over");
                leader.switchTo(cluster.synchronousStandby());
            }
        }
    };

    private final String title;

    FailoverScenario(String title) {
        this.title = title;
    }

    /** Breaks something; returns once it is broken, or later. */
    abstract void happen(PatroniCluster cluster, PatroniMember leader) throws IOException;

    @Override
    public String toString() {
        return title;
    }
}
