package io.longhaul.tools.params;

import com.networknt.schema.regex.RegularExpression;
import com.networknt.schema.regex.RegularExpressions;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A pattern of a schema. JSON Schema uses ECMA-262's patterns, with look-ahead and back references. An engine that is
 * always fast lacks both and would refuse valid schemas; Java's has both, and this class bounds its time.
 */
final class SchemaPattern implements RegularExpression {
    private final Pattern pattern;

    /** Throws IllegalArgumentException if it is invalid. */
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
            // The validator would log an exception thrown here.
            return evaluation.stopped(e);
        } catch (StackOverflowError e) {
            // Java's engine recurses for each repetition of a group.
            return evaluation.stopped(new Evaluation.Stop("holds a text of " + text.length()
                    + " characters, too long for the pattern " + shown(pattern.pattern())
                    + " of the tool's schema: shorten it, or write the pattern without a repeated group"));
        }
    }

    private static String shown(String text) {
        return text.length() > 100 ? text.substring(0, 100) + "..." : text;
    }

    /** A text that counts reads of its characters. */
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
