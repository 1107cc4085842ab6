import threading
import unittest
from decimal import Decimal

from longhaul import LonghaulClient, LonghaulError, LonghaulWarning, ended
from support import client, mark


class JobsTest(unittest.TestCase):
    def setUp(self):
        self.client = client()
        self.addCleanup(self.client.close)

    def refused(self, error_code, action):
        with self.assertRaises(LonghaulError) as raised:
            action()
        self.assertEqual(raised.exception.error_code, error_code)
        return raised.exception

    def test_a_submit_is_waited_for_until_its_end(self):
        job = self.client.submit("sleep", {"seconds": 0.2}, priority=5)
        self.assertFalse(ended(job))
        job = self.client.wait(job["job_id"], most=60)
        self.assertEqual((job["status"], job["result"], job["priority"]), ("completed", {"slept_seconds": Decimal("0.2")}, 5))

    def test_a_wait_ends_in_time(self):
        job = self.client.submit("sleep", {"seconds": 600})
        self.assertFalse(ended(self.client.wait(job["job_id"], most=0.5)))
        self.assertTrue(self.client.cancel(job["job_id"]))
        self.assertEqual(self.client.get(job["job_id"])["status"], "cancelled")
        again = self.client.retry(job["job_id"])
        self.assertEqual(again["retry_of"], job["job_id"])
        self.client.cancel(again["job_id"])

    def test_numbers_keep_all_digits(self):
        params = {"whole": 12345678901234567890123, "decimal": Decimal("0.12345678901234567890"), "large": Decimal("1E+30")}
        result = self.client.run("echo", params, most=60)["result"]
        self.assertEqual(result, params)
        self.assertEqual(str(result["decimal"]), "0.12345678901234567890")

    def test_who_wants_floats_gets_them(self):
        with client(parse_float=float) as floats:
            self.assertEqual(floats.run("echo", {"n": 0.5}, most=60)["result"], {"n": 0.5})

    def test_a_refusal_has_code_place_and_cure(self):
        unknown = self.refused("UNKNOWN_TOOL", lambda: self.client.submit("no-such-tool"))
        self.assertEqual(unknown.status, 422)
        self.assertIn("no-such-tool", str(unknown))
        self.assertRegex(unknown.trace_id, "[0-9a-f]{32}")
        wrong = self.refused("INVALID_PARAMS", lambda: self.client.submit("sleep", {"seconds": "long"}))
        self.assertEqual(wrong.errors[0].pointer, "/params/seconds")
        self.refused("JOB_NOT_FOUND", lambda: self.client.get("00000000-0000-4000-8000-000000000000"))

    def test_a_wrong_key_is_refused_at_once(self):
        with client(key="lh_wrong", patience=60) as stranger:
            self.assertEqual(self.refused("UNAUTHENTICATED", lambda: stranger.submit("echo")).status, 401)

    def test_a_full_queue_is_refused_with_the_time_to_come_back(self):
        jobs = []
        with client(patience=0) as impatient, self.assertRaises(LonghaulError) as raised:
            while len(jobs) < 10:
                jobs.append(impatient.submit("narrow")["job_id"])
        for job in jobs:
            self.client.cancel(job)
        refusal = raised.exception
        self.assertEqual((refusal.status, refusal.error_code, refusal.retry_after), (429, "QUEUE_FULL", 5))

    def test_mistyped_options_are_warned_of(self):
        with self.assertWarnsRegex(LonghaulWarning, "did you mean priority") as warned:
            job = self.client.submit("echo", priorty=3)
        self.assertEqual(job["priority"], 0)
        self.assertEqual(warned.filename, __file__)
        with self.assertWarnsRegex(LonghaulWarning, "/jobs/0/priorty"):
            self.client.batch([{"tool": "echo", "priorty": 3}])
        with self.assertWarnsRegex(LonghaulWarning, "/priorty"):
            self.client.submit_lines([{"tool": "echo", "priorty": 3}])

    def test_an_empty_key_is_no_key(self):
        self.refused("INVALID_REQUEST", lambda: self.client.submit("echo", idempotency_key=""))
        self.refused("INVALID_REQUEST", lambda: self.client.submit_lines([{"tool": "echo"}], ""))

    def test_an_empty_id_is_refused(self):
        for ask in (
            self.client.get,
            self.client.wait,
            self.client.cancel,
            self.client.retry,
            self.client.files,
            self.client.inputs,
            self.client.download,
            self.client.schedules.get,
            self.client.schedules.delete,
            self.client.webhooks.get,
            lambda none: next(self.client.logs(none)),
            lambda none: next(iter(self.client.events(none))),
        ):
            with self.assertRaisesRegex(ValueError, "An id is empty"):
                ask("")

    def test_an_id_is_never_another_request(self):
        job = self.client.submit("echo", run_at="2100-01-01T00:00:00Z")["job_id"]
        for wrong in (f"../jobs/{job}", "#", f"{job}#x", f"{job}?x", "a b", "\u00e9"):
            with self.assertRaises(LonghaulError):
                self.client.get(wrong)
            with self.assertRaises(LonghaulError):
                self.client.schedules.delete(wrong)
        for wrong in (".", ".."):
            self.assertRaisesRegex(ValueError, "is no id", self.client.get, wrong)
        self.assertEqual(self.client.get(job)["status"], "pending")

    def test_whole_numbers_of_any_length_go_and_come(self):
        long = {"n": 10**5000 + 7, "m": -(10**100_000), "both": [Decimal("0.10"), 9**6000]}
        job = self.client.run("echo", long)
        self.assertEqual(job["result"], long)
        self.assertEqual(next(self.client.list(tool="echo", limit=1))["tool"], "echo")
        with self.assertRaises(ValueError):
            self.client.submit("echo", {"n": float("nan")})
        ring = []
        ring.append(ring)
        with self.assertRaises(ValueError):
            self.client.submit("echo", {"ring": ring})

    def test_batches(self):
        name = mark()
        jobs = [{"tool": "echo", "params": {"round": name, "n": n}} for n in range(3)]
        batch = self.client.batch(jobs)
        self.assertEqual((batch["created"], batch["rejected"]), (3, 0))
        wrong = [*jobs, {"tool": "no-such-tool"}]
        self.refused("INVALID_BATCH", lambda: self.client.batch(wrong))
        self.assertEqual(self.client.batch(wrong, atomic=False)["rejected"], 1)
        self.assertEqual(sum(1 for _ in self.client.list(**{"params.round": name})), 6)

    def test_lines_sent_again_make_no_second_jobs(self):
        jobs = [{"tool": "echo", "params": {"n": n}, "run_at": "2100-01-01T00:00:00Z"} for n in range(600)]
        key = mark()
        made = self.client.submit_lines(jobs, key)
        self.assertEqual({each["status"] for each in made}, {"created"})
        again = self.client.submit_lines(jobs, key)
        self.assertEqual({each["status"] for each in again}, {"replayed"})
        self.assertEqual([each["job_id"] for each in made], [each["job_id"] for each in again])

    def test_texts_may_have_line_separators(self):
        # Three that Python splits lines at, and JSON does not.
        tools = ["echo", "none\u2028", "none\u2029", "none\u0085"]
        results = self.client.submit_lines({"tool": tool} for tool in tools)
        self.assertEqual([each["status"] for each in results], ["created", "rejected", "rejected", "rejected"])

    def test_a_list_fetches_all_its_pages(self):
        name = mark()
        self.client.batch([{"tool": "echo", "params": {"round": name}} for _ in range(5)])
        jobs = list(self.client.list(limit=2, **{"params.round": name}))
        self.assertEqual(len({job["job_id"] for job in jobs}), 5)

    def test_logs_are_followed_and_read(self):
        job = self.client.submit("lines", {"count": 3})
        lines = [line["line"] for line in self.client.follow_logs(job["job_id"])]
        self.assertEqual(lines, ["line 1", "line 2", "line 3"])
        self.assertEqual([line["line"] for line in self.client.logs(job["job_id"])], lines)

    def test_all_jobs_are_followed(self):
        with self.client.all_events(tool="lines") as events:
            # The stream begins when it is connected, so that jobs are submitted until one is seen.
            seen = threading.Event()
            submits = threading.Thread(target=self.submit_until, args=(seen,))
            submits.start()
            self.assertEqual(next(events).job["tool"], "lines")
            seen.set()
            submits.join()

    def submit_until(self, seen):
        while not seen.wait(0.3):
            self.client.submit("lines", {"count": 1})

    def test_schedules(self):
        made = self.client.schedules.create(mark(), "echo", "30 3 * * 1-5", {"full": False}, time_zone="Europe/Berlin", paused=True)
        id = made["schedule_id"]
        self.assertIsNone(made["next_run_at"])
        self.assertIsNotNone(self.client.schedules.resume(id)["next_run_at"])
        self.assertTrue(self.client.schedules.pause(id)["paused"])
        self.assertEqual(self.client.schedules.update(id, cron="0 4 * * *")["cron"], "0 4 * * *")
        job = self.client.schedules.run(id)
        self.assertEqual([each["job_id"] for each in self.client.schedules.jobs(id)], [job["job_id"]])
        self.assertIn(id, [each["schedule_id"] for each in self.client.schedules.list()])
        self.client.schedules.delete(id)
        self.refused("SCHEDULE_NOT_FOUND", lambda: self.client.schedules.get(id))

    def test_a_question_is_answered(self):
        job = self.client.submit("ask")
        with self.client.events(job["job_id"]) as events:
            next(event for event in events if event.type == "state" and event.job["waiting_for_input"])
        self.assertEqual([each["key"] for each in self.client.inputs(job["job_id"])], ["approve"])
        self.client.answer(job["job_id"], "approve", {"confirmed": True})
        self.assertEqual(self.client.wait(job["job_id"], most=60)["status"], "completed")

    def test_tools_are_listed(self):
        self.assertIn("echo", [tool["name"] for tool in self.client.tools()])

    def test_what_cannot_be_sent_is_refused_before(self):
        for action in (
            lambda: LonghaulClient("127.0.0.1:8080"),
            lambda: LonghaulClient("http://user:password@127.0.0.1"),
            lambda: LonghaulClient(key="two words"),
            lambda: self.client.submit("echo", {"n": float("nan")}),
            lambda: self.client.submit("echo", {"n": Decimal("NaN")}),
        ):
            self.assertRaises(ValueError, action)
        self.assertRaises(TypeError, self.client.submit, "echo", {"n": object()})


if __name__ == "__main__":
    unittest.main()
