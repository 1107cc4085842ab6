package io.longhaul.schema.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TotalExpressionTest {
    @ParameterizedTest
    @ValueSource(strings = {"'it''s'::text", "-1.5", "true", "ARRAY['a'::text, 'b'::text]", "E'\\\\x'::bytea"})
    void aConstantMayBeADefault(String expression) {
        assertThat(TotalExpression.isConstant(expression)).isTrue();
    }

    @Test
    void theLengthOfAConstantDoesNotMatter() {
        assertThat(TotalExpression.isConstant("'" + "x''".repeat(20_000) + "'::text"))
                .isTrue();
        assertThat(TotalExpression.isConstant("ARRAY[" + "'x'::text, ".repeat(20_000) + "'x'::text]"))
                .isTrue();
        assertThat(TotalExpression.is("note <> '" + "x".repeat(20_000) + "'::text AND \"A\"\"b\" IS NULL"))
                .isTrue();
        assertThat(TotalExpression.is(" a".repeat(20_000) + " / 0")).isFalse();
    }
}
