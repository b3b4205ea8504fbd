"""The fixtures of the end-to-end tests."""
from broker_fixture import broker  # noqa: F401
from clients_fixture import go_client, java_client, java_old_client, node_client, python_client, series_dump  # noqa: F401
from reader_fixture import reader, reader_with_broker  # noqa: F401
from service_fixture import emulator, emulator_slow  # noqa: F401
