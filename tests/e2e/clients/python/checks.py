"""checks: counts comparisons. One that fails is named, and the rest goes on."""
import contextlib
import pathlib
import traceback

from tablestore import OTSServiceError

FOLDER = pathlib.Path(__file__).parent
count = 0
failed = 0


def fail(name, got, wanted):
    global failed
    failed += 1
    print(f"FAILED {name}: got {repr(got)[:300]}, wanted {repr(wanted)[:300]}")


def same(name, got, wanted):
    global count
    count += 1
    if got != wanted:
        fail(name, got, wanted)


def refused(name, code, status, call, *arguments, message=None, **named):
    """The call fails with the SDK's own exception, which has the service's code, status, request id and words; message None: any."""
    global count
    count += 1
    try:
        answer = call(*arguments, **named)
    except OTSServiceError as error:
        got = (error.get_error_code(), error.get_http_status(), error.get_error_message())
        if got[:2] != (code, status) or not got[2] or not error.get_request_id() or message not in (None, got[2]):
            fail(name, got, (code, status, message))
    except Exception as error:  # not the SDK's word for it
        fail(name, error, code)
    else:
        fail(name, answer, code)


@contextlib.contextmanager
def part(name):
    """A group of checks: what it throws is one failed check."""
    global count
    try:
        yield
    except Exception as error:
        count += 1
        here = [frame for frame in traceback.extract_tb(error.__traceback__) if pathlib.Path(frame.filename).parent == FOLDER]
        fail(name, f"{type(error).__name__} {error} at {', '.join(f'{pathlib.Path(one.filename).name}:{one.lineno}' for one in here[1:])}",
             "no exception")
