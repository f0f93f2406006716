"""The accounts and the catalog of a cloud, with either identity service."""
import os

import openstack

from .files import write

REGION = "RegionOne"


class Cloud:
    """What services and users need to know of one identity service, and the clients' view of it."""

    service_password = "interop-service"
    user_password = "interop-user"

    def __init__(self, folder, identity_url, admin_password):
        self.url = identity_url
        self.admin_password = admin_password
        self.clouds_file = os.path.join(folder, "clouds.yaml")
        self.admin = self.connect("admin", admin_password, "admin")
        write(self.clouds_file, f"""clouds:
  admin: {self.entry("admin", admin_password, "admin")}
  demo: {self.entry("demo", self.user_password, "demo")}
""")

    def entry(self, user, password, project):
        return (f'{{auth: {{auth_url: "{self.url}", username: {user}, password: {password}, project_name: {project}, '
                f'user_domain_name: Default, project_domain_name: Default}}, region_name: {REGION}}}')

    def connect(self, user, password, project):
        return openstack.connect(
            auth_url=self.url, username=user, password=password, project_name=project, user_domain_name="Default",
            project_domain_name="Default", region_name=REGION, load_yaml_config=False, load_envvars=False)

    def account(self, user, section=None):
        """The settings with which a service authenticates, for its configuration file."""
        return {"auth_type": "password", "auth_url": self.url, "username": user, "password": self.service_password,
                "project_name": "service", "user_domain_name": "Default", "project_domain_name": "Default",
                "region_name": REGION, **(section or {})}

    def authtoken(self, user):
        return self.account(user, {"www_authenticate_uri": self.url, "service_token_roles": "service",
                                   "service_token_roles_required": "true"})

    def add_accounts(self, services):
        """Creates the project and the user of the test, and an account for each service."""
        identity = self.admin.identity
        roles = {role.name: role for role in identity.roles()}
        project = identity.find_project("service") or identity.create_project(name="service", domain_id="default")
        for name in services:
            user = identity.find_user(name)
            if user is None:
                user = identity.create_user(name=name, password=self.service_password, domain_id="default")
            else:
                identity.update_user(user, password=self.service_password)
            # Nova accepts events for servers of other projects only from callers with the role admin.
            for role in ("admin", "service") if name in ("nova", "kilonova", "cyborg") else ("service",):
                identity.assign_project_role_to_user(project, user, roles[role])
            if name == "kilonova":
                identity.assign_system_role_to_user(user, roles["reader"], "all")
        demo = identity.create_project(name="demo", domain_id="default")
        user = identity.create_user(name="demo", password=self.user_password, domain_id="default")
        identity.assign_project_role_to_user(demo, user, roles["member"])
        self.reconnect()

    def add_service(self, kind, name, url):
        identity = self.admin.identity
        service = next(iter(identity.services(type=kind)), None) or identity.create_service(type=kind, name=name)
        if not list(identity.endpoints(service_id=service.id, interface="public")):
            for interface in ("public", "internal", "admin"):
                identity.create_endpoint(service_id=service.id, interface=interface, url=url, region_id=REGION)
        self.reconnect()

    def reconnect(self):
        """A connection keeps the catalog that it saw first."""
        self.admin = self.connect("admin", self.admin_password, "admin")
        self.demo = self.connect("demo", self.user_password, "demo")
