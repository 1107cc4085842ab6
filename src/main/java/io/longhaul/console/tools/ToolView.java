package io.longhaul.console.tools;

import io.longhaul.api.http.Problem.FieldError;
import io.longhaul.console.forms.Field;
import io.longhaul.console.jobs.Commands;
import io.longhaul.console.jobs.JobRow;
import java.util.List;
import java.util.Map;

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
     * @param fields one for each param that the schema names; empty if it names none
     * @param json the params as JSON
     * @param raw whether the JSON was sent, instead of the fields
     * @param options values of the options by name
     * @param message what is wrong with all of it, or null
     * @param errors what is wrong and belongs to no field
     * @param from the former run whose params these are, or null
     * @param once makes a repeated click one job
     */
    public record Form(
            List<Field> fields,
            String json,
            boolean raw,
            Map<String, String> options,
            String message,
            List<FieldError> errors,
            String from,
            String once) {
        public String option(String name) {
            return options.getOrDefault(name, "");
        }
    }
}
