import socket

import pytest

from iochub.errors import DeclarationError
from iochub.streams.broker.ports import free_ports, require_free

HOST = "127.0.0.1"


def test_free_ports_are_free_and_all_different() -> None:
    ports = free_ports(20)
    assert len(set(ports)) == 20
    for port in ports:
        require_free(HOST, port, "Kafka")


def test_a_port_that_somebody_listens_on_is_refused() -> None:
    with socket.create_server((HOST, 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(DeclarationError) as refusal:
            require_free(HOST, port, "Kafka")
    assert refusal.value.facts == {"problem": "port", "port": str(port)}


def test_connections_of_a_server_that_has_ended_do_not_hold_its_port() -> None:
    with socket.create_server((HOST, 0)) as server:
        port = server.getsockname()[1]
        client = socket.create_connection((HOST, port))
        accepted, _ = server.accept()
        accepted.close()
        client.close()
    require_free(HOST, port, "Kafka")
