import subprocess
import sys


def told_by(program: str) -> str:
    """What a process of its own says: freezing this one would change what the other tests measure."""
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return answer.stdout.strip()


def test_a_web_process_leaves_what_it_loaded_alone():
    assert told_by("import gc, portal.asgi; print(gc.get_freeze_count() > 100_000)") == "True"


def test_a_worker_does_so_too():
    program = (
        "import gc; from celery import signals; from portal.celery import app;"
        "before = gc.get_freeze_count(); signals.worker_ready.send(app); print(before, gc.get_freeze_count() > 10_000)"
    )
    assert told_by(program) == "0 True"
