"""What the consumers' configuration files hold: the service user of the running Kilonova, found through its catalog."""

import pytest
import yaml


@pytest.fixture(scope="session")
def service_section(kilonova):
    """The lines with which an operator tells a service how to reach another."""
    auth = yaml.safe_load(kilonova.clouds.read_text())["clouds"]["kilonova-service"]["auth"]
    return "\n".join([
        "auth_type = password",
        f"auth_url = {auth['auth_url']}",
        f"username = {auth['username']}",
        f"password = {auth['password']}",
        "user_domain_name = Default",
        f"project_name = {auth['project_name']}",
        "project_domain_name = Default",
        "region_name = RegionOne",
        "valid_interfaces = internal,public",
    ])
