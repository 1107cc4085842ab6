package io.longhaul.tools.params;

/**
 * How large a JSON number is, told from its text alone: making a number of the longest ones takes a tenth of a second each, and a
 * result may be full of them.
 *
 * @param digits those that count, at least one
 * @param behindPoint how many of them stand behind the point; negative where an exponent adds zeros
 */
record NumberText(long digits, long behindPoint) {
    /** Exponents with more digits are beyond everything. */
    private static final int LONGEST_EXPONENT = 12;

    /** Reads the text of a number that a JSON parser has found to be one. */
    static NumberText of(String number) {
        int exponentAt = Math.max(number.indexOf('e'), number.indexOf('E'));
        int end = exponentAt < 0 ? number.length() : exponentAt;
        int point = number.indexOf('.');
        long behind = point < 0 ? 0 : end - point - 1;
        long exponent = exponentAt < 0 ? 0 : exponent(number.substring(exponentAt + 1));
        return new NumberText(significant(number, end), behind - exponent);
    }

    private static long significant(String number, int end) {
        int first = 0;
        while (first < end && (number.charAt(first) < '1' || number.charAt(first) > '9')) {
            first++;
        }
        int point = number.indexOf('.', first);
        return Math.max(1, end - first - (point < 0 ? 0 : 1));
    }

    private static long exponent(String text) {
        String number = text.replaceFirst("^([+-]?)0*(?=\\d)", "$1");
        return number.length() <= LONGEST_EXPONENT
                ? Long.parseLong(number)
                : number.startsWith("-") ? Integer.MIN_VALUE : Integer.MAX_VALUE;
    }

    /** Whether PostgreSQL can keep it. */
    boolean fits() {
        return Storable.fit(digits, behindPoint);
    }

    /** How many zeros PostgreSQL adds when it writes it out. */
    long zeros() {
        return Math.max(0, Math.abs(behindPoint) - digits);
    }
}
