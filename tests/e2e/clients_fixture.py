"""clients: the client programs under clients/, built once into the cache folder, again when their sources or pinned versions change."""
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

CLIENTS = pathlib.Path(__file__).parent / "clients"
CACHE = pathlib.Path(os.environ.get("OTSPIPE_CACHE", pathlib.Path.home() / ".cache" / "otspipe")) / "clients"


def run(*command, folder=None, **environment):
    ended = subprocess.run(command, cwd=folder, env=os.environ | environment, capture_output=True, text=True, timeout=600)
    assert ended.returncode == 0, f"{' '.join(map(str, command))}:\n{ended.stdout}{ended.stderr}"


def made(name, sources, make):
    """The folder that make(folder) fills, named after what is in the sources: a half-made one is never taken for whole."""
    text = b"\0".join(source.name.encode() + b"\0" + source.read_bytes() for source in sorted(sources))
    folder = CACHE / f"{name}-{hashlib.sha256(text).hexdigest()[:16]}"
    if folder.exists():
        return folder
    part = CACHE / f"{folder.name}.part-{os.getpid()}"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    make(part)
    try:
        part.rename(folder)
    except OSError:  # somebody else was quicker
        shutil.rmtree(part)
    return folder


def java_path(name, *more):
    """The class path of all programs in a folder, and of those from other folders that they need."""
    here = CLIENTS / name
    jars = made(f"{name}-jars", [here / "pom.xml"], lambda folder: run(
        "mvn", "-B", "-q", "-f", here / "pom.xml", "dependency:copy-dependencies", f"-DoutputDirectory={folder}",
        "-DincludeScope=runtime"))
    sources = [*sorted(here.glob("*.java")), *more]
    classes = made(name, [here / "pom.xml", *sources], lambda folder: run("javac", "-cp", f"{jars}/*", "-d", folder, *sources))
    return f"{classes}:{jars}/*"


@pytest.fixture(scope="session")
def java_client():
    return ["java", "-XX:TieredStopAtLevel=1", "-cp", java_path("java"), "Client"]


@pytest.fixture(scope="session")
def java_old_client():
    """With the SDK of the Java connector."""
    return ["java", "-XX:TieredStopAtLevel=1", "-cp", java_path("java-old", CLIENTS / "java" / "Checks.java"), "OldSeries"]


@pytest.fixture(scope="session")
def series_dump():
    """+ [ENDPOINT, ID, SECRET, INSTANCE, TABLE]: all points of a time-series table as lines of JSON (clients/java/Dump.java)."""
    return ["java", "-cp", java_path("java"), "Dump"]


@pytest.fixture(scope="session")
def go_client():
    here = CLIENTS / "go"
    built = made("go", [here / "go.mod", here / "go.sum", *here.glob("*.go")], lambda folder: run(
        "go", "build", "-trimpath", "-o", folder / "client", ".", folder=here, GOPATH=str(CACHE / "gopath"),
        GOFLAGS="-modcacherw -buildvcs=false", CGO_ENABLED="0"))
    return [built / "client"]


@pytest.fixture(scope="session")
def node_client():
    here = CLIENTS / "node"

    def make(folder):
        shutil.copy(here / "package.json", folder)
        run("npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", folder=folder)

    packages = made("node", [here / "package.json"], make)
    return ["env", f"NODE_PATH={packages / 'node_modules'}", "node", here / "client.js"]


@pytest.fixture(scope="session")
def python_client():
    return [sys.executable, CLIENTS / "python" / "client.py"]
