package io.longhaul.api.files;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.files.JobFile;
import java.util.List;
import java.util.UUID;

/**
 * The files of a job.
 *
 * @param jobId the job
 * @param files those it left, in the order of their names; none unless it is completed
 * @param inputs uploaded files that went in
 */
@JsonNaming(SnakeCaseStrategy.class)
record JobFiles(UUID jobId, List<Output> files, List<Input> inputs) {
    static JobFiles of(UUID job, List<JobFile> outputs, List<JobFile> inputs) {
        return new JobFiles(
                job,
                outputs.stream().map(Output::of).toList(),
                inputs.stream().map(Input::of).toList());
    }

    /**
     * A file that the job left.
     *
     * @param name its path, such as {@code plots/a.png}
     * @param fileId its id
     * @param bytes its size
     * @param sha256 64 hexadecimal digits
     * @param mediaType as its name lets guess
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record Output(String name, UUID fileId, long bytes, String sha256, String mediaType) {
        static Output of(JobFile file) {
            return new Output(file.place(), file.id(), file.bytes(), file.sha256(), file.mediaType());
        }
    }

    /**
     * A file that went in.
     *
     * @param param JSON pointer to the param that names it
     * @param name as it was uploaded
     * @param fileId its id
     * @param bytes its size
     * @param sha256 64 hexadecimal digits
     * @param mediaType as its uploader said
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record Input(String param, String name, UUID fileId, long bytes, String sha256, String mediaType) {
        static Input of(JobFile file) {
            return new Input(file.place(), file.name(), file.id(), file.bytes(), file.sha256(), file.mediaType());
        }
    }
}
