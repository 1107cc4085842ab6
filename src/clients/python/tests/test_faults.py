import json
import threading
import time
import unittest
from datetime import datetime, timedelta, timezone

from longhaul import LonghaulError, UnreachableError
from support import Door, client, control, mark


class FaultsTest(unittest.TestCase):
    def setUp(self):
        self.client = client()
        self.addCleanup(self.client.close)
        self.door = Door()
        self.addCleanup(self.door.__exit__)

    def keys(self):
        return [json.loads(body)["idempotency_key"] for method, path, _, body in self.door.requests if method == "POST"]

    def made(self, name):
        return len(list(self.client.list(**{"params.round": name})))

    def test_who_is_sent_away_comes_back_with_the_same_key(self):
        for status in (429, 503):
            name, self.door.requests[:], self.door.refuse = mark(), [], status
            begun = time.monotonic()
            with client(self.door.url) as sent_away:
                sent_away.submit("echo", {"round": name})
            self.assertGreaterEqual(time.monotonic() - begun, 1)
            self.assertEqual(len(self.keys()), 2)
            self.assertEqual(len(set(self.keys())), 1)
            self.assertEqual(self.made(name), 1)

    def test_a_batch_that_is_sent_away_comes_back_with_the_same_key(self):
        name, self.door.refuse = mark(), 429
        with client(self.door.url) as sent_away:
            batch = sent_away.batch([{"tool": "echo", "params": {"round": name}}])
        self.assertEqual(batch["created"], 1)
        self.assertEqual(len({headers["Idempotency-Key"] for _, _, headers, _ in self.door.requests}), 1)
        self.assertEqual((len(self.door.requests), self.made(name)), (2, 1))

    def test_who_may_not_wait_gives_up_at_once(self):
        self.door.refuse = 503
        with client(self.door.url, patience=0.5) as impatient, self.assertRaises(LonghaulError) as raised:
            impatient.submit("echo")
        self.assertEqual((raised.exception.status, raised.exception.retry_after), (503, 1))

    def test_a_lost_answer_makes_no_second_job(self):
        name, self.door.lose_answer = mark(), True
        with client(self.door.url) as unlucky:
            job = unlucky.submit("echo", {"round": name})
        self.assertEqual(len(self.keys()), 2)
        self.assertEqual([each["job_id"] for each in self.client.list(**{"params.round": name})], [job["job_id"]])

    def test_a_post_without_a_key_is_not_sent_again(self):
        self.door.lose_answer = True
        with client(self.door.url) as careful:
            self.assertRaises(UnreachableError, careful.request, "POST", "/v1/jobs", {"tool": "echo"})
        self.assertEqual(len(self.door.requests), 1)

    def test_a_stream_goes_on_behind_its_last_event(self):
        job = self.client.submit("lines", {"count": 20})["job_id"]
        self.client.wait(job, most=60)
        # Whatever broke off in the middle of an event comes again.
        self.door.cut = 3000
        with client(self.door.url) as unlucky, unlucky.events(job) as events:
            lines = [event.line["line"] for event in events if event.type == "log"]
        self.assertEqual(lines, [f"line {n}" for n in range(1, 21)])
        first, second = (headers for _, _, headers, _ in self.door.requests)
        self.assertIsNone(first["Last-Event-ID"])
        self.assertRegex(second["Last-Event-ID"], r"\d+\.completed\.\d+|\d+\.\w+\.\d+")

    def test_who_has_seen_the_end_of_a_stream_sees_nothing_else_again(self):
        job = self.client.run("echo", most=60)["job_id"]
        with self.client.events(job) as events:
            last = list(events)[-1]
        self.assertEqual(last.type, "end")
        # The server is sure of the end some seconds after it; until then it says again that this is the end.
        self.assertIn([event.type for event in self.client.events(job, last.id)], ([], ["end"]))

    def test_a_stream_can_be_closed_from_another_thread(self):
        job = self.client.submit("sleep", {"seconds": 600})["job_id"]
        events = self.client.events(job)
        next(events)
        threading.Timer(0.3, events.close).start()
        list(events)
        self.client.cancel(job)

    def test_where_nobody_answers_the_error_names_the_address(self):
        url, _ = self.door.url, self.door.__exit__()
        with self.assertRaisesRegex(UnreachableError, url + r"\. Is the server running"):
            client(url, patience=0.3).submit("echo")

    def test_of_two_servers_the_other_one_is_asked(self):
        away = self.door.url
        self.door.__exit__()
        with client([away, self.client._transport._urls[0]]) as both:
            self.assertEqual(both.run("echo", most=60)["status"], "completed")

    def test_a_server_that_is_killed_loses_no_wait_and_no_submit(self):
        name = mark()
        soon = datetime.now(timezone.utc) + timedelta(seconds=2)
        late = self.client.submit("echo", {"late": True}, run_at=soon)["job_id"]
        ended, ids, begun = [], {}, threading.Event()

        def wait():
            ended.append(self.client.wait(late, most=170))

        def submit(worker):
            for n in range(10):
                key = f"{name}-{worker}-{n}"
                ids[key] = self.client.submit("echo", {"round": name}, idempotency_key=key)["job_id"]
                if n == 3:
                    begun.set()

        self.client._transport._patience = 170
        threads = [threading.Thread(target=wait), *(threading.Thread(target=submit, args=(n,)) for n in range(4))]
        for thread in threads:
            thread.start()
        begun.wait(60)
        control("kill")
        control("start")
        for thread in threads:
            thread.join(170)
        self.assertEqual([job["status"] for job in ended], ["completed"])
        self.assertEqual(len(set(ids.values())), 40)
        self.assertEqual(self.made(name), 40)


if __name__ == "__main__":
    unittest.main()
