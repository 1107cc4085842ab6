package io.longhaul.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseUrlTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "postgres://u:p@db:5432/jobs jdbc:postgresql://db:5432/jobs",
                "postgresql://u:p@db/jobs jdbc:postgresql://db/jobs",
                "POSTGRES://u:p@db/jobs jdbc:postgresql://db/jobs",
                "jdbc:postgresql://db:5432/jobs jdbc:postgresql://db:5432/jobs",
                "jdbc:postgresql://u:p@db/jobs jdbc:postgresql://db/jobs",
                "postgres://db jdbc:postgresql://db/",
                "postgres://u:p@[::1]:5432/jobs jdbc:postgresql://[::1]:5432/jobs",
                "postgres://u:p@a:1,b:2,c/jobs jdbc:postgresql://a:1,b:2,c/jobs",
                "postgres:///jobs jdbc:postgresql:///jobs",
                "postgres://u:p@db/jobs?sslmode=require jdbc:postgresql://db/jobs?sslmode=require",
                "postgres://u:p@db/jobs?sslmode=REQUIRE jdbc:postgresql://db/jobs?sslmode=REQUIRE",
                "postgres://db?sslmode=require jdbc:postgresql://db/?sslmode=require",
                "postgres://u:p@db/jobs?a=1&user=x&b=2&password=y jdbc:postgresql://db/jobs?a=1&b=2",
                "jdbc:postgresql://db/jobs?user=x&password=y jdbc:postgresql://db/jobs",
                "postgres://db/j?connect_timeout=3&channel_binding=require"
                        + " jdbc:postgresql://db/j?connectTimeout=3&channelBinding=require",
                "postgres://a,b/j?target_session_attrs=read-write jdbc:postgresql://a,b/j?targetServerType=primary",
                "postgres://db/my%20jobs jdbc:postgresql://db/my%20jobs",
                "postgres://db/a+b jdbc:postgresql://db/a%2Bb",
            })
    void eachFormBecomesAnAddressForTheDriverWithoutUserAndPassword(String given, String expected) {
        assertThat(DatabaseUrl.parse(given).jdbcUrl()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "postgres://u:p@db/jobs, u, p",
        "postgres://u%40x:p%2Fq%3Fr%23s%25@db/jobs, u@x, p/q?r#s%",
        "postgres://u:p+q@db/jobs, u, p+q",
        "postgres://u:p@q@db/jobs, u, p@q",
        "postgres://u:p:q@db/jobs, u, p:q",
        "postgres://u:%C3%A4@db/jobs, u, ä",
        "postgres://u@db/jobs, u,",
        "postgres://u:@db/jobs, u,",
        "postgres://:p@db/jobs,, p",
        "postgres://db/jobs,,",
        "postgres://db/jobs?user=u&password=p+q, u, p+q",
        "jdbc:postgresql://db/jobs?user=u&password=p+q, u, p q",
        "postgres://u:p@db/jobs?password=other, u, other",
    })
    void userAndPasswordAreDecoded(String given, String user, String password) {
        DatabaseUrl url = DatabaseUrl.parse(given);
        assertThat(url.user()).isEqualTo(user);
        assertThat(url.password()).isEqualTo(password);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "secret",
                "db:5432/secret",
                "jdbc:postgresql:secret",
                "mysql://u:secret@db/jobs",
                "postgresql+asyncpg://u:secret@db/jobs",
                "postgres:/u:secret@db/jobs",
                "postgres://u:secret/x@db/jobs",
                "postgres://u:1/secret@db/jobs",
                "postgres://u:secret?x@db/jobs",
                "postgres://u:1?secret@db/jobs",
                "postgres://u:se#cret/x@db/jobs",
                "postgres://u:secret%zz@db/jobs",
                "postgres://u:secret%@db/jobs",
                "postgres://u:p@db:secret/jobs",
                "postgres://u:p@db:99999/jobs?secret=1",
                "postgres://u:p@db/jobs?secret",
                "postgres://u:p@%2Fsecret/jobs",
                "postgres://u:secret@/jobs?host=/cloudsql/secret",
                "postgres://u:secret@db/jobs?sslmode=secret",
            })
    void whatCannotBeUsedIsRefusedWithoutShowingIt(String given) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DatabaseUrl.parse(given))
                .withMessageNotContaining("secret")
                .withMessageNotContaining("cret")
                .withNoCause();
    }

    @Test
    void listsTheKnownFormsWhenTheFormIsUnknown() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DatabaseUrl.parse("mysql://u:p@db/jobs"))
                .withMessageContainingAll("mysql://", "embedded", "jdbc:postgresql://", "postgres://");
    }

    @Test
    void anUnknownSslmodeIsRefusedWithThoseThatThereAre() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DatabaseUrl.parse("postgres://db/jobs?sslmode=bogus"))
                .withMessageContainingAll("sslmode", "require", "verify-full");
        assertThat(DatabaseUrl.parse("postgres://db/jobs?sslmode=verify-full").jdbcUrl())
                .endsWith("?sslmode=verify-full");
    }

    @Test
    void itPrintsWithoutSecrets() {
        assertThat(DatabaseUrl.parse("postgres://u:secret@db/jobs?sslpassword=secret"))
                .hasToString("jdbc:postgresql://db/jobs");
    }
}
