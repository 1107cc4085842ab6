package io.longhaul.database.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccountTest {
    @TempDir
    Path folder;

    @Test
    void readsTheEffectiveUser() {
        assertThat(Account.effectiveUid("Name:\tjava\nUid:\t1000\t1001\t1002\t1003\nGid:\t0\t0\t0\t0\n"))
                .isEqualTo(1001);
    }

    @Test
    void tellsRootTheCureIfNoOtherAccountWorks() throws Exception {
        List<Account> ways = List.of(
                new Account(List.of("no-such-program"), 0),
                // The program exists, but refuses the arguments.
                new Account(List.of("false"), 0));
        assertThatExceptionOfType(EmbeddedPostgresException.class)
                .isThrownBy(() -> Account.forRoot(ways, DataFolder.at(folder), folder))
                .withMessageContainingAll(
                        "root", "ordinary user", folder.toRealPath().toString())
                .withMessageNotContaining("\n");
    }
}
