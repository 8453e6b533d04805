"""`make run`.

Every process of the Procfile, the demo's own ones beside them, and a table that says where to look.
"""

from __future__ import annotations

import shlex
import signal
import threading
import time
from collections.abc import Sequence

from honcho.environ import parse_procfile

from backend.demo import processes
from backend.demo.company import enrolment_codes
from backend.demo.processes import Child
from backend.demo.settings import PHONES, DemoError, DemoSettings, unplugged

# First runs compile, index and import; a machine with one slow core still makes it.
READY_SECONDS = 180.0
OPTIONAL_SECONDS = 60.0
# What the file `unplugged` takes away: the network of the phones ends where these listen.
SERVERS = ("couchdb", "api", "reconcile", "scheduler")


class Demo:
    def __init__(self, settings: DemoSettings) -> None:
        self._settings = settings
        self._stop = threading.Event()
        self._environment = processes.with_our_python(settings.environment)
        self.children = self._children()
        self._codes: dict[str, str] = {}

    def run(self) -> int:
        """Start everything and watch over it until SIGINT or SIGTERM."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stop.set())
        unplugged(self._settings.data).unlink(missing_ok=True)
        self._refuse_taken_ports()
        try:
            self._start()
            if not self._stop.is_set():
                print(self._table(), flush=True)
            while not self._stop.wait(processes.POLL_SECONDS):
                self._watch()
        finally:
            print("Deteniendo…", flush=True)
            rest = [child for child in self.children if child.name != "couchdb"]
            processes.stop(rest)
            processes.stop(self.children)
            print("Todo detenido. Los datos quedan en", self._settings.data, flush=True)
        return 0

    def _start(self) -> None:
        first = [child for child in self.children if child.name == "couchdb"]
        rest = [child for child in self.children if child.name != "couchdb"]
        self._bring_up(first)
        self._prepare()
        self._bring_up(rest)
        if not self._stop.is_set():
            self._codes = enrolment_codes(self._settings)

    def _bring_up(self, children: Sequence[Child]) -> None:
        for child in children:
            child.start()
        began = time.monotonic()
        for child in children:
            patience = OPTIONAL_SECONDS if child.optional else READY_SECONDS
            while not self._stop.is_set() and not self._is_up(child):
                if child.gave_up or time.monotonic() - began > patience:
                    self._miss(child)
                    break
                self._stop.wait(processes.POLL_SECONDS)

    def _is_up(self, child: Child) -> bool:
        child.revive(time.monotonic())
        return child.look()

    def _miss(self, child: Child) -> None:
        sentence = f"{child.name} no arrancó; lo último que dijo ({child.log}):\n{child.tail()}"
        if not child.optional:
            raise DemoError(sentence)
        print(sentence, flush=True)

    def _prepare(self) -> None:
        """Make the company in a process of its own, as an operator would."""
        if self._stop.is_set():
            return
        print("Preparando la empresa de demostración…", flush=True)
        step = Child(
            name="preparación",
            command="python -m backend.demo prepare",
            log=self._settings.logs / "prepare.log",
            environment=self._environment,
            is_ready=processes.always,
        )
        step.start()
        while step.is_running and not self._stop.wait(processes.POLL_SECONDS):
            pass
        if self._stop.is_set():
            processes.stop([step])
        elif step.returncode:
            raise DemoError(f"La preparación no terminó ({step.log}):\n{step.tail()}")

    def _watch(self) -> None:
        """Bring back what died, and obey the file that stands for an unplugged cable."""
        servers = [child for child in self.children if child.name in SERVERS]
        if unplugged(self._settings.data).exists():
            if any(child.process for child in servers):
                processes.stop(servers)
                print("Sin red: los teléfonos siguen trabajando.", flush=True)
        elif not any(child.process for child in servers):
            for child in servers:
                child.start()
            print("La red volvió.", flush=True)
        for child in self.children:
            if child.revive(time.monotonic()):
                print(f"{child.name} terminó; se inicia de nuevo. Su registro: {child.log}", flush=True)

    def _refuse_taken_ports(self) -> None:
        ports = self._settings.ports
        named = [
            *([("RECAUDO_COUCHDB_PORT", ports.couchdb)] if self._settings.embedded else []),
            ("RECAUDO_API_PORT", ports.api),
            ("RECAUDO_SUPERVISOR_PORT", ports.supervisor),
            *(("RECAUDO_PHONES_PORT", port) for port in ports.phones),
            ("SMTP_PORT", ports.smtp),
        ]
        for name, port in named:
            if processes.is_taken(port):
                raise DemoError(
                    f"El puerto {port} está ocupado. Libérelo o elija otro con la variable {name}."
                )

    def _children(self) -> list[Child]:
        procfile = parse_procfile((processes.ROOT / "Procfile").read_text(encoding="utf-8")).processes
        if not self._settings.embedded:
            procfile.pop("couchdb", None)
        return [*(self._child(name, command) for name, command in procfile.items()), *self._demo_children()]

    def _demo_children(self) -> list[Child]:
        ports, mail = self._settings.ports, self._settings.mail
        sink = Child(
            name="correo",
            command=f"python -m backend.demo.smtp_sink {ports.smtp} {shlex.quote(str(mail))}",
            log=self._settings.logs / "correo.log",
            environment=self._environment,
            is_ready=processes.accepts(ports.smtp),
        )
        return [sink, *(self._phone(name, port) for name, port in zip(PHONES, ports.phones, strict=True))]

    def _phone(self, name: str, port: int) -> Child:
        storage = self._settings.data / "phones" / name
        storage.mkdir(parents=True, exist_ok=True)
        extra = {"FLET_APP_STORAGE_DATA": str(storage), "RECAUDO_WEB_PORT": str(port)}
        return Child(
            name=f"teléfono-{name}",
            command="python -m flet_app.collector",
            log=self._settings.logs / f"phone-{name}.log",
            environment={**self._environment, **extra},
            is_ready=processes.answers(f"http://127.0.0.1:{port}/health"),
            url=f"http://127.0.0.1:{port}",
            optional=True,
        )

    def _child(self, name: str, command: str) -> Child:
        data, ports = self._settings.data, self._settings.ports
        api = f"http://127.0.0.1:{ports.api}"
        supervisor = f"http://127.0.0.1:{ports.supervisor}"
        couchdb = f"http://127.0.0.1:{ports.couchdb}"
        health = {
            "couchdb": processes.answers(f"{couchdb}/_up"),
            "api": processes.answers(f"{api}/api/v1/health"),
            "scheduler": processes.writes(data / "scheduler.json"),
            "supervisor": processes.answers(f"{supervisor}/health"),
        }
        extra = {"RECAUDO_WEB_PORT": str(ports.supervisor)} if name == "supervisor" else {}
        return Child(
            name=name,
            command=command,
            log=self._settings.logs / f"{name}.log",
            environment={**self._environment, **extra},
            is_ready=health.get(name) or processes.always,
            url={"couchdb": couchdb, "api": api, "supervisor": supervisor}.get(name),
            optional=name == "supervisor",
        )

    def _table(self) -> str:
        settings = self._settings
        by_name = {child.name: child for child in self.children}
        supervisor = by_name["supervisor"].url or ""
        apps = [
            ("Supervisión (web)", supervisor, "sofia@andina.example"),
            ("Administración (web)", f"{supervisor}/configuracion", "alba@andina.example"),
        ]
        apps += [
            (
                f"Teléfono de {name.capitalize()}",
                by_name[f"teléfono-{name}"].url or "",
                f"{name}@andina.example   código {self._codes[name]}",
            )
            for name in PHONES
        ]
        others = [
            ("API", f"{by_name['api'].url}/api/v1/openapi.json"),
            ("Base de datos", settings.environment["COUCHDB_URL"]),
            ("ERP de demostración", str(settings.erp)),
            ("Correos enviados", str(settings.mail)),
            ("Registros", str(settings.logs)),
        ]
        wide = max(len(url) for _, url, _ in apps)
        lines = ["", "Recaudo · Distribuidora Andina está en marcha", ""]
        lines += [f"  {title:<22}{url:<{wide + 3}}{user}" for title, url, user in apps]
        lines += ["", f"  Contraseña de todos   {settings.password}"]
        lines += ["  El código admite una vez un teléfono nuevo; los de arriba valen siete días.", ""]
        lines += [f"  {title:<22}{where}" for title, where in others]
        lines += [
            "",
            "  Quitar la red a los teléfonos:  .venv/bin/python -m backend.demo unplug   (y volver: plug)",
            "  Enviar los reclamos por correo: .venv/bin/python -m backend.demo job dunning",
            "  Detener todo:                   Ctrl-C",
            "",
        ]
        return "\n".join(lines)
