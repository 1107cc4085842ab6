package io.longhaul.tools.params;

import com.networknt.schema.regex.RegularExpression;
import com.networknt.schema.regex.RegularExpressions;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A pattern of a schema. Those of JSON Schema are ECMA-262's, with look-ahead and back references, so an engine that never
 * takes long because it has neither would refuse schemas that others accept; Java's has both, and here it stops in time.
 */
final class SchemaPattern implements RegularExpression {
    private final Pattern pattern;

    /** Throws if it is none. */
    SchemaPattern(String pattern) {
        try {
            this.pattern = Pattern.compile(RegularExpressions.replaceLongformCharacterProperties(
                    RegularExpressions.replaceDollarAnchors(pattern)));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("the pattern " + shown(pattern) + " is none: " + e.getDescription()
                    + " near index " + e.getIndex());
        }
    }

    @Override
    public boolean matches(String text) {
        Evaluation evaluation = Evaluation.current();
        try {
            return pattern.matcher(new Watched(text, evaluation)).find();
        } catch (Evaluation.Stop e) {
            // The validator would log what is thrown here.
            return evaluation.stopped(e);
        } catch (StackOverflowError e) {
            // Java's engine goes one call deeper for each repetition of a group.
            return evaluation.stopped(new Evaluation.Stop("holds a text of " + text.length()
                    + " characters, too long for the pattern " + shown(pattern.pattern())
                    + " of the tool's schema: shorten it, or write the pattern without a repeated group"));
        }
    }

    private static String shown(String text) {
        return text.length() > 100 ? text.substring(0, 100) + "..." : text;
    }

    /** A text that counts how often it is looked at. */
    private static final class Watched implements CharSequence {
        private static final int LOOKS_A_STEP = 64;

        private final CharSequence text;
        private final Evaluation evaluation;
        private int looks;

        Watched(CharSequence text, Evaluation evaluation) {
            this.text = text;
            this.evaluation = evaluation;
        }

        @Override
        public char charAt(int index) {
            if (++looks % LOOKS_A_STEP == 0) {
                evaluation.step();
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return new Watched(text.subSequence(start, end), evaluation);
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }
}
