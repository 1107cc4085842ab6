package io.longhaul;

import io.dropwizard.jersey.setup.JerseyEnvironment;
import io.longhaul.api.ApiConfiguration;
import io.longhaul.api.BatchSubmissions;
import io.longhaul.api.BatchesResource;
import io.longhaul.api.BulkCancelResource;
import io.longhaul.api.BulkRetries;
import io.longhaul.api.BulkRetryResource;
import io.longhaul.api.JobLines;
import io.longhaul.api.JobLists;
import io.longhaul.jobs.BulkCancellation;
import io.longhaul.jobs.Intake;
import io.longhaul.jobs.JobQueries;

/** What a node does with many jobs in one request. */
final class ManyJobs {
    private final ApiConfiguration configuration;
    private final JobQueries queries;
    private final Intake intake;

    ManyJobs(ApiConfiguration configuration, JobQueries queries, Intake intake) {
        this.configuration = configuration;
        this.queries = queries;
        this.intake = intake;
    }

    void register(JerseyEnvironment jersey, JobLists lists, BulkCancellation cancellation) {
        jersey.register(
                new BatchesResource(new BatchSubmissions(configuration, intake), new JobLines(configuration, intake)));
        jersey.register(new BulkCancelResource(queries, lists, cancellation));
        jersey.register(new BulkRetryResource(lists, new BulkRetries(queries, intake, configuration.defaultTtl())));
    }
}
