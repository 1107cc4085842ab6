package io.longhaul.webhooks;

import io.longhaul.jobs.OwnWebhook;
import io.longhaul.jobs.intake.Submission;
import io.longhaul.jobs.intake.SubmissionCheck;
import io.longhaul.jobs.intake.SubmissionRejected;
import java.util.List;

/** Checks the webhook that a submission names. A submission without one costs nothing. */
public final class WebhookCheck implements SubmissionCheck {
    private final Webhooks webhooks;
    private final AddressPolicy addresses;

    public WebhookCheck(Webhooks webhooks, AddressPolicy addresses) {
        this.webhooks = webhooks;
        this.addresses = addresses;
    }

    @Override
    public void check(Submission submission) throws SubmissionRejected {
        OwnWebhook own = submission.extras().webhook();
        if (own == null) {
            return;
        }
        if (own.url() != null) {
            String refusal = addresses.refusal(own.url()).orElse(null);
            refuseIf(refusal != null, "/webhook/url", refusal);
        }
        if (own.id() != null) {
            refuseIf(
                    !webhooks.exists(own.id()),
                    "/webhook/id",
                    "is not the id of a webhook: GET /v1/webhooks lists those there are");
        }
    }

    private static void refuseIf(boolean wrong, String pointer, String message) throws SubmissionRejected {
        if (wrong) {
            throw new SubmissionRejected(
                    SubmissionRejected.Reason.INVALID_WEBHOOK,
                    pointer.substring(1) + " " + message + ".",
                    List.of(new SubmissionRejected.Field(pointer, message)));
        }
    }
}
