package io.longhaul.tools.params;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.ExecutionContext;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaContext;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.keyword.AbstractKeyword;
import com.networknt.schema.keyword.BaseKeywordValidator;
import com.networknt.schema.keyword.Keyword;
import com.networknt.schema.keyword.KeywordValidator;
import com.networknt.schema.path.NodePath;
import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * The keyword {@code multipleOf}. The validator's own implementation computes a remainder of decimal numbers digit by
 * digit, which takes five seconds for the longest ones.
 */
final class MultipleOf extends AbstractKeyword {
    MultipleOf() {
        super("multipleOf");
    }

    @Override
    public KeywordValidator newValidator(
            SchemaLocation location, JsonNode schema, Schema parent, SchemaContext context) {
        return new Check(this, schema, location, parent, context);
    }

    private static final class Check extends BaseKeywordValidator {
        private final BigDecimal divisor;

        Check(Keyword keyword, JsonNode schema, SchemaLocation location, Schema parent, SchemaContext context) {
            super(keyword, schema, location, parent, context);
            this.divisor = schema.decimalValue();
        }

        @Override
        public void validate(ExecutionContext context, JsonNode number, JsonNode root, NodePath at) {
            if (number.isNumber() && divisor.signum() != 0 && !isMultiple(number.decimalValue())) {
                context.addError(error().instanceNode(number)
                        .instanceLocation(at)
                        .evaluationPath(context.getEvaluationPath())
                        .locale(context.getExecutionConfig().getLocale())
                        .arguments(divisor.toString())
                        .build());
            }
        }

        private boolean isMultiple(BigDecimal number) {
            int scale = Math.max(number.scale(), divisor.scale());
            return whole(number, scale).mod(whole(divisor, scale).abs()).signum() == 0;
        }

        /** A number as an integer in units that both have. */
        private static BigInteger whole(BigDecimal number, int scale) {
            return number.unscaledValue().multiply(BigInteger.TEN.pow(scale - number.scale()));
        }
    }
}
