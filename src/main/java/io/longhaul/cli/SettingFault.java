package io.longhaul.cli;

import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.util.DataSize;
import io.dropwizard.util.Duration;
import java.lang.invoke.MethodType;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A setting has a value that it cannot have: which one, what was written, and what is allowed, without Java's names. */
final class SettingFault extends ConfigurationException {
    private static final long serialVersionUID = 1L;

    /** How Jackson writes where in its classes it was, and where in a text that nobody has. */
    private static final Pattern NOISE = Pattern.compile(
            " at \\[Source: UNKNOWN; byte offset: #UNKNOWN]| \\(through reference chain: .*\\)$", Pattern.MULTILINE);

    private SettingFault(String path, List<String> errors, ConfigurationException shown) {
        super(path, errors);
        initCause(shown);
    }

    /** The same fault in the words of the product, as far as it has some. */
    static ConfigurationException of(String path, ConfigurationException shown) {
        Collection<String> errors = shown.getErrors();
        if (shown.getCause() instanceof JsonMappingException wrong) {
            String setting = setting(wrong);
            errors = reason(wrong)
                    // What our own settings refuse names them.
                    .map(reason -> reason.startsWith(": " + setting) ? reason.substring(2) : setting + reason)
                    .map(List::of)
                    .orElse(List.copyOf(errors));
        }
        return new SettingFault(
                path,
                errors.stream()
                        .map(error -> NOISE.matcher(error).replaceAll("").strip())
                        .toList(),
                shown);
    }

    private static Optional<String> reason(JsonMappingException wrong) {
        if (wrong instanceof UnrecognizedPropertyException) {
            return Optional.empty();
        }
        if (wrong instanceof InvalidFormatException invalid) {
            return allowed(invalid.getTargetType()).map(allowed -> " is " + invalid.getValue() + ": write " + allowed);
        }
        if (wrong instanceof ValueInstantiationException refused) {
            String said = String.valueOf(
                    refused.getCause() == null ? null : refused.getCause().getMessage());
            return Optional.of(allowed(refused.getType().getRawClass())
                    .map(allowed -> ": " + said + ". Write " + allowed)
                    .orElse(": " + said));
        }
        return wrong instanceof MismatchedInputException mismatched && mismatched.getTargetType() != null
                ? allowed(mismatched.getTargetType()).map(allowed -> ": write " + allowed)
                : Optional.empty();
    }

    private static Optional<String> allowed(Class<?> type) {
        if (type == Duration.class) {
            return Optional.of("a duration with its unit, such as 500ms, 30s or 2h");
        }
        if (type == DataSize.class) {
            return Optional.of("a size with its unit, such as 64KiB or 16MiB");
        }
        if (type.isEnum()) {
            return Optional.of(Arrays.stream(type.getEnumConstants())
                    .map(one -> one.toString().toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining(" or ")));
        }
        Class<?> boxed = MethodType.methodType(type).wrap().returnType();
        if (boxed == Integer.class || boxed == Long.class) {
            return Optional.of("a whole number");
        }
        if (boxed == Boolean.class) {
            return Optional.of("true or false");
        }
        return Optional.ofNullable(boxed == Double.class ? "a number" : null);
    }

    /** Where it stands in the file; at the top nothing. */
    private static String setting(JsonMappingException wrong) {
        return wrong.getPath().stream()
                .map(one -> one.getFieldName() == null ? "[" + one.getIndex() + "]" : "." + one.getFieldName())
                .collect(Collectors.joining())
                .replaceFirst("^\\.", "");
    }
}
