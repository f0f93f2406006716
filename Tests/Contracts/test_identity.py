"""Every client that talks to Identity, through the whole of what it does there."""

import pathlib
import subprocess
import sys

import pytest

SCRIPT = pathlib.Path(__file__).resolve().parents[1] / "Scripts" / "identity-clients.py"


@pytest.mark.parametrize("client", ["openstackclient", "openstacksdk", "keystonemiddleware", "oslo.limit"])
def test_client_is_content(kilonova, client):
    secret = lambda name: (kilonova.data_dir / name).read_text().strip()  # noqa: E731
    result = subprocess.run(
        [sys.executable, str(SCRIPT), client, kilonova.url + "/identity", secret("admin-password"),
         secret("service-password")], capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, f"{result.stdout}\n{result.stderr}\n{kilonova.log()}"
