"""broker: a real Kafka 3.9.1 in KRaft mode, from the jars of its registry, on loopback ports of its own; one a test session."""
import os
import pathlib
import shutil
import socket
import subprocess
import time
import uuid

import pytest
from confluent_kafka import Consumer, ConsumerGroupTopicPartitions, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

HERE = pathlib.Path(__file__).parent
CACHE = pathlib.Path(os.environ.get("OTSPIPE_CACHE", pathlib.Path.home() / ".cache" / "otspipe"))

PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},LOGIN://127.0.0.1:{login},TLS://127.0.0.1:{tls},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port},LOGIN://127.0.0.1:{login},TLS://127.0.0.1:{tls}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,LOGIN:SASL_PLAINTEXT,TLS:SSL,CONTROLLER:PLAINTEXT
sasl.enabled.mechanisms=PLAIN
listener.name.login.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \
    user_nobody="known";
listener.name.tls.ssl.keystore.location={folder}/broker.p12
listener.name.tls.ssl.keystore.password=password
listener.name.tls.ssl.keystore.type=PKCS12
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs={folder}/data
num.partitions=1
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
auto.create.topics.enable=false
log.cleaner.enable=false
log.cleaner.dedupe.buffer.size=4194304
"""

LOG4J = """\
log4j.rootLogger=WARN, out
log4j.appender.out=org.apache.log4j.ConsoleAppender
log4j.appender.out.layout=org.apache.log4j.PatternLayout
log4j.appender.out.layout.ConversionPattern=[%d] %p %m (%c)%n
"""

NO_COORDINATOR_YET = ("COORDINATOR_LOAD_IN_PROGRESS", "COORDINATOR_NOT_AVAILABLE", "NOT_COORDINATOR")


def jars():
    """The folder of jars, filled once; a half-filled one is never taken for whole."""
    folder = CACHE / "kafka-3.9.1"
    if not folder.exists():
        part = CACHE / f"kafka-3.9.1.part-{os.getpid()}"
        part.mkdir(parents=True)
        subprocess.run(["mvn", "-B", "-q", "-f", str(HERE / "kafka" / "pom.xml"), "dependency:copy-dependencies",
                        f"-DoutputDirectory={part}", "-DincludeScope=runtime"], check=True)
        try:
            part.rename(folder)
        except OSError:
            shutil.rmtree(part)
    return folder


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Broker:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        login, tls = free_port(), free_port()
        self.login_address = f"127.0.0.1:{login}"  # user nobody, password known: may do nothing
        self.tls_address = f"127.0.0.1:{tls}"  # signed by itself
        (self.folder / "server.properties").write_text(
            PROPERTIES.format(port=self.port, login=login, tls=tls, controller=free_port(), folder=self.folder))
        self._make_certificate()
        (self.folder / "log4j.properties").write_text(LOG4J)
        self._format()
        self.process = None
        self.start()
        self.admin = AdminClient({"bootstrap.servers": self.address})

    def _java(self, heap, *arguments):
        return ["java", *heap, f"-Dlog4j.configuration=file:{self.folder}/log4j.properties", "-cp", f"{jars()}/*",
                *arguments]

    def _make_certificate(self):
        subprocess.run(["keytool", "-genkeypair", "-alias", "broker", "-keyalg", "EC", "-keystore",
                        str(self.folder / "broker.p12"), "-storetype", "PKCS12", "-storepass", "password", "-dname",
                        "CN=localhost", "-ext", "SAN=ip:127.0.0.1"], check=True, capture_output=True)

    def _format(self):
        subprocess.run(self._java([], "kafka.tools.StorageTool", "format", "-t", "AAAAAAAAAAAAAAAAAAAAAQ", "-c",
                                  str(self.folder / "server.properties")), check=True, stdout=subprocess.DEVNULL)

    def start(self):
        log = (self.folder / "broker.log").open("a")
        self.process = subprocess.Popen(self._java(["-Xms96m", "-Xmx256m"], "kafka.Kafka",
                                                   str(self.folder / "server.properties")), stdout=log, stderr=log)
        end = time.monotonic() + 60
        while time.monotonic() < end:
            assert self.process.poll() is None, (self.folder / "broker.log").read_text()
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("the broker did not start:\n" + (self.folder / "broker.log").read_text())

    def wait_for_groups(self):
        """A new broker makes its own topic of groups at the first question for one; until then it says nothing of any."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                self.members("anybody")
                return
            except KafkaException as error:
                assert error.args[0].name() in NO_COORDINATOR_YET, error
                time.sleep(0.05)
        raise AssertionError("the broker has no coordinator of groups")

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def create_topic(self, name, partitions, unique=True):
        """Answers the topic's name: unique in the session unless asked otherwise."""
        topic = f"{name}_{uuid.uuid4().hex[:6]}" if unique else name
        for future in self.admin.create_topics([NewTopic(topic, partitions, 1)]).values():
            future.result(30)
        return topic

    def producer(self, **settings):
        return Producer({"bootstrap.servers": self.address, "enable.idempotence": True, "linger.ms": 20,
                         "queue.buffering.max.messages": 200_000} | settings)

    def produce(self, topic, values, keys=None, partition=0, headers=None):
        client = self.producer()
        for number, value in enumerate(values):
            client.produce(topic, value, key=keys[number] if keys else None, partition=partition, headers=headers)
        assert client.flush(30) == 0

    def produce_transaction(self, topic, values, headers=None):
        client = self.producer(**{"transactional.id": uuid.uuid4().hex})
        client.init_transactions(30)
        client.begin_transaction()
        for value in values:
            client.produce(topic, value, partition=0, headers=headers)
        client.commit_transaction(30)

    def committed(self, group, topic):
        """partition -> committed offset, of those that have one."""
        asked = [ConsumerGroupTopicPartitions(group)]
        try:
            answer = self.admin.list_consumer_group_offsets(asked)[group].result(30)
        except KafkaException as error:  # nobody has joined it yet, or the broker has not read its own log of commits yet
            if error.args[0].name() in ("GROUP_ID_NOT_FOUND", *NO_COORDINATOR_YET):
                return {}
            raise
        return {place.partition: place.offset for place in answer.topic_partitions
                if place.topic == topic and place.offset >= 0}

    def lags(self, group, topic):
        """partition -> records that are there and not committed."""
        client = Consumer({"bootstrap.servers": self.address, "group.id": group})
        try:
            done = self.committed(group, topic)
            partitions = client.list_topics(topic, 30).topics[topic].partitions
            marks = {number: client.get_watermark_offsets(TopicPartition(topic, number), 30) for number in partitions}
            return {number: high - done.get(number, low) for number, (low, high) in marks.items()}
        finally:
            client.close()

    def members(self, group):
        """How many members the group has now."""
        return len(self.admin.describe_consumer_groups([group])[group].result(30).members)

    def read_all(self, topic):
        """(key, value) of every record there is now."""
        client = Consumer({"bootstrap.servers": self.address, "group.id": uuid.uuid4().hex, "enable.auto.commit": False,
                           "auto.offset.reset": "earliest"})
        try:
            partitions = client.list_topics(topic, 30).topics[topic].partitions
            ends = {number: client.get_watermark_offsets(TopicPartition(topic, number), 30)[1] for number in partitions}
            client.assign([TopicPartition(topic, number, 0) for number in partitions])
            while any(_position(client, topic, number) < end for number, end in ends.items()):
                for message in client.consume(5000, 0.2):
                    if message.error() is None:
                        yield message.key(), message.value()
        finally:
            client.close()


def _position(client, topic, number):
    return max(0, client.position([TopicPartition(topic, number)])[0].offset)


@pytest.fixture(scope="session")
def broker(tmp_path_factory):
    broker = Broker(tmp_path_factory.mktemp("broker"))
    broker.wait_for_groups()
    yield broker
    broker.stop()
