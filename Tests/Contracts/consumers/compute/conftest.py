"""Nova's own report client, unmodified, configured for the running Kilonova."""

import nova_world  # Nova reads its environment when it is first imported.

import nova.conf
import pytest
from nova import context as nova_context
from nova import objects
from nova.scheduler.client import report


@pytest.fixture(scope="session", autouse=True)
def configuration(kilonova, service_section, tmp_path_factory):
    path = tmp_path_factory.mktemp("nova") / "nova.conf"
    path.write_text(f"[placement]\n{service_section}\n")
    nova.conf.CONF([], project="nova", default_config_files=[str(path)])
    objects.register_all()


@pytest.fixture
def ctx():
    return nova_context.get_admin_context()


@pytest.fixture
def client():
    return report.SchedulerReportClient()


@pytest.fixture
def host(client, ctx):
    return nova_world.Host(client, ctx)
