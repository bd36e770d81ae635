"""A port in use is named together with whoever holds it and what to do."""

import os
import socket
import sys

import pytest

from local.ports import free_port, require_free
from local.waits import LocalError


def test_a_free_port_is_taken_without_a_word() -> None:
    require_free(free_port(), variable="PORT")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who holds a port")
def test_a_port_in_use_is_named_with_its_holder() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(LocalError) as refusal:
            require_free(port, variable="PORT")
    sentence = str(refusal.value)
    assert sentence.startswith(f"Port {port} is taken by process {os.getpid()} (")
    assert sentence.endswith(f"or use another port: PORT={port + 100} make run")
