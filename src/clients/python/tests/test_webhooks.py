import base64
import hashlib
import hmac
import unittest

from longhaul import SignatureError, verify
from support import Receiver, client

# Of the reference libraries.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"test": 2432232314}'
RIGHT = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
OTHER = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc="
NOW = 1614265331


def headers(signatures, sent="1614265330"):
    return {"Webhook-Id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "Webhook-Timestamp": sent, "Webhook-Signature": signatures}


class WebhooksTest(unittest.TestCase):
    def test_one_right_signature_is_enough(self):
        for signatures in (RIGHT, f"{OTHER} {RIGHT}"):
            self.assertEqual(verify(SECRET, headers(signatures), BODY, now=NOW), {"test": 2432232314})

    def test_everything_else_is_refused(self):
        for wrong, body, now in (
            (headers(OTHER), BODY, NOW),
            (headers(RIGHT), BODY + b" ", NOW),
            (headers(RIGHT), BODY, NOW + 301),
            (headers(RIGHT), BODY, None),
            (headers(RIGHT, "soon"), BODY, NOW),
            (headers(RIGHT, ""), BODY, NOW),
            (headers(RIGHT, "9" * 400), BODY, NOW),
            (headers(RIGHT, "9" * 5_000), BODY, NOW),
            (headers(RIGHT, "\u0661"), BODY, NOW),
            (headers("\udc80"), BODY, NOW),
            (headers("\u00e4"), BODY, NOW),
            ({}, BODY, NOW),
        ):
            self.assertRaises(SignatureError, verify, SECRET, wrong, body, now=now)

    def test_a_secret_that_everybody_knows_is_refused(self):
        for secret in (None, "", "whsec_", "whsec_=", "no Base64", "\u00e4"):
            digest = hmac.new(b"", b"msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330." + BODY, hashlib.sha256).digest()
            forged = headers("v1," + base64.b64encode(digest).decode())
            with self.assertRaises(ValueError) as refused:
                verify(secret, forged, BODY, now=NOW)
            self.assertNotIsInstance(refused.exception, SignatureError)

    def test_a_message_that_was_sent_is_verified(self):
        with Receiver() as receiver, client() as longhaul:
            webhook = longhaul.webhooks.create(receiver.url + "/hooks", events=["job.completed"], tools=[])
            job = longhaul.submit("echo", {"n": 1}, webhook={"id": webhook["webhook_id"]})["job_id"]
            received, body = receiver.messages.get(timeout=60)
            message = verify(webhook["secret"], received, body)
            self.assertEqual((message["type"], message["data"]["job_id"]), ("job.completed", job))
            self.assertRaises(SignatureError, verify, SECRET, received, body)
            self.assertEqual(longhaul.webhooks.pause(webhook["webhook_id"])["status"], "paused")
            self.assertEqual(longhaul.webhooks.resume(webhook["webhook_id"])["status"], "active")
            self.assertIn(webhook["webhook_id"], [each["webhook_id"] for each in longhaul.webhooks.list()])
            self.assertEqual(len(list(longhaul.webhooks.deliveries(webhook["webhook_id"]))), 1)
            longhaul.webhooks.delete(webhook["webhook_id"])


if __name__ == "__main__":
    unittest.main()
