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
import java.util.HashSet;
import java.util.Set;

/**
 * The keyword {@code uniqueItems}. An attacker can choose items with equal hashes, so that each is compared with all
 * before; the validator's own implementation has no bound on that.
 */
final class UniqueItems extends AbstractKeyword {
    UniqueItems() {
        super("uniqueItems");
    }

    @Override
    public KeywordValidator newValidator(
            SchemaLocation location, JsonNode schema, Schema parent, SchemaContext context) {
        return new Check(this, schema, location, parent, context);
    }

    private static final class Check extends BaseKeywordValidator {
        private final boolean unique;

        Check(Keyword keyword, JsonNode schema, SchemaLocation location, Schema parent, SchemaContext context) {
            super(keyword, schema, location, parent, context);
            this.unique = schema.asBoolean(false);
        }

        @Override
        public void validate(ExecutionContext context, JsonNode array, JsonNode root, NodePath at) {
            if (unique && array.isArray() && !areUnique(array)) {
                context.addError(error().instanceNode(array)
                        .instanceLocation(at)
                        .evaluationPath(context.getEvaluationPath())
                        .locale(context.getExecutionConfig().getLocale())
                        .build());
            }
        }

        private static boolean areUnique(JsonNode array) {
            Evaluation evaluation = Evaluation.current();
            Set<Item> items = new HashSet<>();
            for (JsonNode item : array) {
                evaluation.step();
                if (!items.add(new Item(item, item.hashCode(), evaluation))) {
                    return false;
                }
            }
            return true;
        }
    }

    /** An item whose comparisons count as steps. */
    private record Item(JsonNode value, int hash, Evaluation evaluation) {
        @Override
        public boolean equals(Object other) {
            evaluation.step();
            return other instanceof Item item && value.equals(item.value);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }
}
