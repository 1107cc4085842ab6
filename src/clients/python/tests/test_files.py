import errno
import os
import tempfile
import unittest
from pathlib import Path

from longhaul import LonghaulError
from longhaul._download import download
from support import Door, client

MB = 1 << 20


class FilesTest(unittest.TestCase):
    def setUp(self):
        self.client = client()
        self.addCleanup(self.client.close)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.content = os.urandom(5 * MB)

    def test_a_file_goes_to_a_job_and_comes_back(self):
        original = self.folder / "original.bin"
        original.write_bytes(self.content)
        stored = self.client.upload(original)
        self.assertEqual((stored["name"], stored["bytes"]), ("original.bin", 5 * MB))
        job = self.client.run("copy", {"file": stored["file_id"]}, most=60)
        self.assertEqual(job["status"], "completed", job["error"])
        files = self.client.files(job["job_id"])
        self.assertEqual(files["inputs"][0]["file_id"], stored["file_id"])
        # As long as a name can be.
        copy = self.folder / ("c" * 255)
        self.client.download_to(files["files"][0]["file_id"], copy)
        self.assertEqual(copy.read_bytes(), self.content)
        self.assertEqual(sorted(os.listdir(self.folder)), [copy.name, "original.bin"])

    def test_a_download_goes_on_where_it_broke(self):
        stored = self.client.upload(self.content, "some.bin")
        with Door() as door, client(door.url) as unlucky:
            door.cut = 2 * MB
            self.assertEqual(unlucky.download(stored["file_id"]), self.content)
            self.assertEqual([headers["Range"] for _, _, headers, _ in door.requests], [None, f"bytes={2 * MB}-"])

    def test_an_empty_file_is_a_file(self):
        self.assertEqual(self.client.download(self.client.upload(b"", "empty")["file_id"]), b"")

    def test_what_the_caller_did_wrong_is_said_at_once(self):
        self.assertRaises(IsADirectoryError, self.client.upload, self.folder)
        self.assertRaises(ValueError, self.client.request, "GET", "/v1/no path")
        self.assertRaises(ValueError, next, self.client._stream("/v1/no path", None))
        stored = self.client.upload(self.content, "some.bin")
        with open("/dev/full", "wb", buffering=0) as full, self.assertRaises(OSError) as raised:
            download(self.client._transport, f"/v1/files/{stored['file_id']}", full, 60)
        self.assertEqual(raised.exception.errno, errno.ENOSPC)

    def test_a_file_that_is_not_there_leaves_none(self):
        with self.assertRaises(LonghaulError):
            self.client.download_to("00000000-0000-4000-8000-000000000000", self.folder / "none")
        self.assertEqual(os.listdir(self.folder), [])


if __name__ == "__main__":
    unittest.main()
