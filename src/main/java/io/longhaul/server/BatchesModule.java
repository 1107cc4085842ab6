package io.longhaul.server;

import io.dropwizard.jersey.setup.JerseyEnvironment;
import io.longhaul.api.ApiConfiguration;
import io.longhaul.api.batches.BatchSubmissions;
import io.longhaul.api.batches.BatchesResource;
import io.longhaul.api.batches.BulkCancelResource;
import io.longhaul.api.batches.BulkRetries;
import io.longhaul.api.batches.BulkRetryResource;
import io.longhaul.api.batches.JobLines;
import io.longhaul.api.jobs.JobLists;
import io.longhaul.jobs.control.BulkCancellation;
import io.longhaul.jobs.intake.Intake;
import io.longhaul.jobs.sql.JobQueries;

/** What a node does with many jobs in one request. */
final class BatchesModule {
    private final ApiConfiguration configuration;
    private final JobQueries queries;
    private final Intake intake;

    BatchesModule(ApiConfiguration configuration, JobQueries queries, Intake intake) {
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
