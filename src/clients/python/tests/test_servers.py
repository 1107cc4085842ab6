import os
import unittest

from longhaul import LonghaulClient


class ServersTest(unittest.TestCase):
    """The same cases as those of the command line and of the other clients."""

    def urls(self, *url, **environment):
        before = dict(os.environ)
        os.environ.clear()
        os.environ.update(environment)
        try:
            with LonghaulClient(*url) as client:
                return client._transport._urls
        finally:
            os.environ.clear()
            os.environ.update(before)

    def test_the_environment_names_the_server(self):
        self.assertEqual(self.urls(), ["http://127.0.0.1:8080"])
        self.assertEqual(self.urls(LONGHAUL_PORT=" ", LONGHAUL_URL=""), ["http://127.0.0.1:8080"])
        self.assertEqual(self.urls(LONGHAUL_PORT="9090"), ["http://127.0.0.1:9090"])
        self.assertEqual(self.urls(LONGHAUL_BIND="0.0.0.0", LONGHAUL_PORT="9090"), ["http://127.0.0.1:9090"])
        self.assertEqual(self.urls(LONGHAUL_BIND="10.0.0.7"), ["http://10.0.0.7:8080"])
        self.assertEqual(self.urls(LONGHAUL_BIND="::1"), ["http://[::1]:8080"])

    def test_its_url_comes_before_its_port_and_an_argument_before_both(self):
        both = {"LONGHAUL_URL": "http://10.0.0.7:1, http://10.0.0.8:1/", "LONGHAUL_PORT": "tcp://10.0.0.9:8080"}
        self.assertEqual(self.urls(**both), ["http://10.0.0.7:1", "http://10.0.0.8:1"])
        self.assertEqual(self.urls("http://10.0.0.6:1", **both), ["http://10.0.0.6:1"])

    def test_a_port_where_no_server_can_be_is_refused(self):
        for port in ("0", "65536", "eighty", "tcp://10.0.0.9:8080"):
            with self.assertRaisesRegex(ValueError, "LONGHAUL_PORT is .*LONGHAUL_URL"):
                self.urls(LONGHAUL_PORT=port)


if __name__ == "__main__":
    unittest.main()
