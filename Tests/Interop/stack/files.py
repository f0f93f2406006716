"""Configuration files of the originals, and the servers that run their WSGI applications."""
import os


def write(path, text, mode=0o600):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as file:
        file.write(text)
    return path


def write_ini(path, sections):
    lines = []
    for section, values in sections.items():
        lines.append(f"[{section}]")
        lines += [f"{key} = {value}" for key, value in values.items()]
        lines.append("")
    return write(path, "\n".join(lines))


def gunicorn(venv, application, port, threads=8, workers=1, arguments=()):
    """The command that serves one of the originals' applications."""
    serve = os.path.join(os.path.dirname(os.path.abspath(__file__)), "serve.py")
    return [f"{venv}/bin/python", serve, application, port, workers, threads, *arguments]
