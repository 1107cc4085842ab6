package io.longhaul.console.tools;

import io.longhaul.console.forms.Field;
import io.longhaul.console.jobs.Commands;
import io.longhaul.console.jobs.JobRow;
import java.util.List;
import java.util.stream.Stream;

/**
 * One tool, with the form that submits a job for it.
 *
 * @param about the tool
 * @param form the form
 * @param recent its latest jobs, or null if they could not be read in time
 * @param commands the same submit by other means
 */
public record ToolView(About about, Form form, List<JobRow> recent, Commands commands) {
    /**
     * The tool.
     *
     * @param name its name
     * @param description for people and models
     * @param limits its limits in words
     * @param paused the reason of its pause, empty for a pause without reason, or null
     * @param schema the JSON Schema of its params, indented
     */
    public record About(String name, String description, String limits, String paused, String schema) {}

    /**
     * The form.
     *
     * @param fields params by fields; without params if the schema names none
     * @param json params as JSON
     * @param raw whether the JSON was sent, instead of the fields
     * @param message what is wrong and stands at no field, or null
     * @param from the former run whose params these are, or null
     * @param once makes a repeated click one job
     */
    public record Form(Part fields, Part json, boolean raw, String message, String from, String once) {
        /** True if the form was sent and refused. */
        public boolean isRefused() {
            return message != null || !wrong().isEmpty();
        }

        /** The fields with errors. */
        public List<Field> wrong() {
            return Stream.of(fields, json)
                    .flatMap(part -> Stream.concat(part.params().stream(), part.options().stream()))
                    .filter(Field::isWrong)
                    .toList();
        }
    }

    /**
     * One of the two ways to enter params.
     *
     * @param params the fields of the params
     * @param options the fields of the options
     */
    public record Part(List<Field> params, List<Field> options) {
        /** True if an option was entered. */
        public boolean hasOptions() {
            return options.stream()
                    .anyMatch(option -> option.isWrong() || !option.value().isEmpty());
        }
    }
}
