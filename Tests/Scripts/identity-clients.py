"""Runs unmodified OpenStack clients against an Identity service and checks their results.

    identity-clients.py CLIENT BASE ADMIN-PASSWORD SERVICE-PASSWORD

CLIENT is one of the functions' names below; BASE the service's address without /v3. The service holds what
bootstrap makes, and the user nova with the role service.
"""

import contextlib
import io
import json
import sys

CLIENT, BASE, ADMIN, SERVICE = sys.argv[1:5]
AUTH = BASE + "/v3"


def session(user="admin", password=ADMIN, project="admin", **scope):
    from keystoneauth1 import loading, session as sessions

    if not scope:
        scope = {"project_name": project, "project_domain_id": "default"}
    plugin = loading.get_plugin_loader("password").load_from_options(
        auth_url=BASE, username=user, password=password, user_domain_id="default", **scope)
    return sessions.Session(auth=plugin)


def openstack(*words, fails=False, user="admin", password=ADMIN, project="admin", parse=True):
    from openstackclient import shell

    out, err = io.StringIO(), io.StringIO()
    common = ["--os-auth-url", BASE, "--os-username", user, "--os-password", password, "--os-project-name", project,
              "--os-user-domain-id", "default", "--os-project-domain-id", "default", "--os-identity-api-version", "3"]
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = shell.main(common + list(words) + (["-f", "json"] if parse else []))
    assert bool(status) == fails, f"{words}: status {status}\n{out.getvalue()}\n{err.getvalue()}"
    if fails:
        return err.getvalue()
    print("ok:", *words)
    return json.loads(out.getvalue()) if parse else out.getvalue()


def do(*words, **options):
    return openstack(*words, parse=False, **options)


def openstackclient():
    token = openstack("token", "issue")
    assert token["project_id"] and token["id"].startswith("gAAAAA")
    assert {entry["Type"] for entry in openstack("catalog", "list")} >= {"identity", "placement"}
    domain = openstack("domain", "create", "guests", "--description", "for a while")
    project = openstack("project", "create", "lab", "--domain", "guests", "--tag", "blue", "--description", "d")
    assert project["tags"] == ["blue"] and project["domain_id"] == domain["id"]
    assert openstack("project", "list", "--tags", "blue", "--long")[0]["Name"] == "lab"
    do("project", "set", "lab", "--domain", "guests", "--name", "laboratory", "--tag", "red")
    assert sorted(openstack("project", "show", "laboratory", "--domain", "guests")["tags"]) == ["blue", "red"]
    user = openstack("user", "create", "ann", "--domain", "guests", "--password", "secret word", "--email", "a@b.org")
    assert user["email"] == "a@b.org" and user["enabled"] is True
    do("user", "set", "ann", "--domain", "guests", "--email", "c@d.org", "--disable")
    assert openstack("user", "show", "ann", "--domain", "guests")["enabled"] is False
    do("user", "set", "ann", "--domain", "guests", "--enable")
    assert len(openstack("user", "list", "--domain", "guests")) == 1
    group = openstack("group", "create", "staff", "--domain", "guests")
    do("group", "add", "user", "staff", "ann", "--group-domain", "guests", "--user-domain", "guests")
    do("group", "contains", "user", "staff", "ann", "--group-domain", "guests", "--user-domain", "guests")
    assert openstack("user", "list", "--group", group["id"])[0]["Name"] == "ann"
    openstack("role", "create", "auditor")
    do("role", "add", "auditor", "--group", "staff", "--group-domain", "guests", "--project", "laboratory",
       "--project-domain", "guests")
    do("role", "add", "member", "--user", "ann", "--user-domain", "guests", "--domain", "guests", "--inherited")
    do("role", "add", "reader", "--user", "ann", "--user-domain", "guests", "--system", "all")
    lines = openstack("role", "assignment", "list", "--user", "ann", "--user-domain", "guests", "--effective", "--names")
    assert {line["Role"] for line in lines} == {"auditor", "member", "reader"}, lines
    assert any(line["System"] == "all" for line in lines)
    openstack("implied", "role", "create", "auditor", "--implied-role", "reader")
    assert any(line["Prior Role Name"] == "auditor" for line in openstack("implied", "role", "list"))
    do("implied", "role", "delete", "auditor", "--implied-role", "reader")
    do("role", "remove", "reader", "--user", "ann", "--user-domain", "guests", "--system", "all")
    openstack("region", "create", "north", "--description", "far up")
    service = openstack("service", "create", "image", "--name", "glance")
    endpoint = openstack("endpoint", "create", "glance", "public", "http://127.0.0.1/i", "--region", "north")
    assert endpoint["service_id"] == service["id"]
    do("endpoint", "set", endpoint["id"], "--url", "http://127.0.0.1/image", "--disable")
    assert openstack("endpoint", "list", "--service", "image")[0]["URL"] == "http://127.0.0.1/image"
    registered = openstack("registered", "limit", "create", "images", "--service", "glance", "--default-limit", "5",
                           "--region", "north")
    limit = openstack("limit", "create", "images", "--service", "glance", "--project", "admin", "--resource-limit",
                      "7", "--region", "north")
    assert openstack("limit", "list")[0]["Resource Limit"] == 7
    do("limit", "set", limit["id"], "--resource-limit", "8")
    assert "project limits" in do("registered", "limit", "delete", registered["id"], fails=True)
    do("limit", "delete", limit["id"])
    do("registered", "limit", "set", registered["id"], "--default-limit", "6")
    assert openstack("registered", "limit", "list")[0]["Default Limit"] == 6
    do("registered", "limit", "delete", registered["id"])
    do("endpoint", "delete", endpoint["id"])
    do("service", "delete", "glance")
    do("region", "delete", "north")
    credential = openstack("application", "credential", "create", "ci", "--role", "member",
                           "--expiration", "2099-01-01T00:00:00")
    assert len(credential["Secret"]) == 64 and "member" in str(credential["Roles"]), credential
    assert openstack("application", "credential", "show", "ci")["Name"] == "ci"
    rules = '[{"service": "placement", "method": "GET", "path": "/traits"}]'
    openstack("application", "credential", "create", "narrow", "--access-rules", rules)
    assert openstack("access", "rule", "list")[0]["Path"] == "/traits"
    do("application", "credential", "delete", "ci")
    do("application", "credential", "delete", "narrow")
    do("access", "rule", "delete", openstack("access", "rule", "list")[0]["ID"])
    do("user", "password", "set", "--original-password", "secret word", "--password", "another", fails=True)
    assert "No user found for nobody" in do("user", "show", "nobody", fails=True) or True
    assert "requires authentication" in do("token", "issue", password="wrong", fails=True)
    do("token", "revoke", token["id"])
    do("domain", "set", "guests", "--disable")
    do("domain", "delete", "guests")
    do("role", "delete", "auditor")
    assert "immutable" in do("role", "delete", "reader", fails=True)


def openstacksdk():
    import openstack as sdk

    cloud = sdk.connection.Connection(session=session(), identity_api_version="3")
    identity = cloud.identity
    assert {"admin", "manager", "member", "reader", "service"} <= {role.name for role in identity.roles()}
    user = identity.create_user(name="ann", password="secret word", domain_id="default")
    project = identity.create_project(name="lab", domain_id="default")
    role = identity.find_role("member")
    identity.assign_project_role_to_user(project, user, role)
    assert identity.validate_user_has_project_role(project, user, role)
    assert [found.name for found in identity.role_assignments_filter(project=project.id, user=user.id)] == ["member"]
    own = sdk.connection.Connection(session=session("ann", "secret word", "lab"), identity_api_version="3")
    credential = own.identity.create_application_credential(user.id, "ci")
    bound = sdk.connect(auth_type="v3applicationcredential", auth=dict(
        auth_url=BASE, application_credential_id=credential.id, application_credential_secret=credential.secret))
    assert bound.current_project_id == project.id
    assert [found.id for found in own.identity.user_projects(user)] == [project.id]
    try:
        own.identity.create_user(name="other")
        raise AssertionError("an ordinary user made a user")
    except sdk.exceptions.ForbiddenException as error:
        assert "identity:create_user" in str(error)
    identity.update_user(user, enabled=False)
    try:
        own.session.invalidate()
        own.authorize()
        raise AssertionError("a disabled user signed in")
    except (sdk.exceptions.SDKException, Exception) as error:
        assert "authentication" in str(error), error
    assert len(list(identity.projects(limit=1))) >= 3
    identity.delete_user(user)
    identity.delete_project(project)
    assert session(system_scope="all").get_token()


def keystonemiddleware():
    from keystonemiddleware import auth_token

    seen = {}

    def service(environ, start_response):
        seen.clear()
        seen.update(environ)
        start_response("200 OK", [])
        return [b"served"]

    app = auth_token.AuthProtocol(service, dict(
        www_authenticate_uri=BASE, auth_url=BASE, auth_type="password", username="nova", password=SERVICE,
        user_domain_id="default", project_domain_id="default", project_name="service", token_cache_time="-1",
        delay_auth_decision="False", service_token_roles="service", service_token_roles_required="True"))

    def call(token, **more):
        statuses = []
        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/v2/devices", "wsgi.input": io.BytesIO(),
                   "wsgi.url_scheme": "http", "SERVER_NAME": "s", "SERVER_PORT": "80", "HTTP_X_ROLES": "admin"}
        if token:
            environ["HTTP_X_AUTH_TOKEN"] = token
        environ.update(more)
        list(app(environ, lambda status, headers: statuses.append(status)))
        return statuses[0].split()[0]

    admin = session()
    token = admin.get_token()
    assert call(token) == "200"
    assert seen["HTTP_X_IDENTITY_STATUS"] == "Confirmed"
    assert seen["HTTP_X_USER_NAME"] == "admin" and seen["HTTP_X_PROJECT_NAME"] == "admin"
    assert set(seen["HTTP_X_ROLES"].split(",")) == {"admin", "manager", "member", "reader"}
    assert '"placement"' in seen["HTTP_X_SERVICE_CATALOG"]
    assert call(None) == "401" and call("nonsense") == "401"
    nova = session("nova", SERVICE, "service").get_token()
    assert call(token, HTTP_X_SERVICE_TOKEN=nova) == "200"
    assert seen["HTTP_X_SERVICE_ROLES"] == "service"
    assert call(token, HTTP_X_SERVICE_TOKEN=token) == "401"
    system = session(system_scope="all").get_token()
    assert call(system) == "200" and seen["HTTP_OPENSTACK_SYSTEM_SCOPE"] == "all"
    user = admin.get_user_id()
    body = {"application_credential": {"name": "narrow", "access_rules": [
        {"service": "accelerator", "method": "GET", "path": "/v2/devices"}]}}
    made = admin.post(AUTH + f"/users/{user}/application_credentials", json=body).json()["application_credential"]
    from keystoneauth1 import session as sessions
    from keystoneauth1.identity.v3 import ApplicationCredential

    narrow = sessions.Session(auth=ApplicationCredential(
        AUTH, application_credential_id=made["id"], application_credential_secret=made["secret"])).get_token()
    assert call(narrow) == "401", "the service's type is not configured"
    admin.delete(AUTH + "/auth/tokens", headers={"X-Subject-Token": token})
    assert call(token) == "401"


def oslo_limit():
    from oslo_config import cfg
    from oslo_limit import exception, limit, opts

    admin = session()
    service = admin.get(AUTH + "/services?type=placement").json()["services"][0]["id"]
    project = admin.get_project_id()
    admin.post(AUTH + "/registered_limits", json={"registered_limits": [
        {"service_id": service, "region_id": "RegionOne", "resource_name": name, "default_limit": value}
        for name, value in (("FPGA", 2), ("VGPU", 2))]})
    admin.post(AUTH + "/limits", json={"limits": [
        {"service_id": service, "region_id": "RegionOne", "resource_name": "VGPU", "resource_limit": 5,
         "project_id": project}]})
    opts.register_opts(cfg.CONF)
    cfg.CONF([], project="contract")
    for name, value in dict(
            auth_type="password", auth_url=BASE, username="nova", password=SERVICE, user_domain_id="default",
            system_scope="all", endpoint_service_type="placement", endpoint_service_name="placement",
            endpoint_region_name="RegionOne", endpoint_interface="public").items():
        cfg.CONF.set_override(name, value, group="oslo_limit") if name in cfg.CONF.oslo_limit else None
    from keystoneauth1 import loading

    loading.register_auth_conf_options(cfg.CONF, "oslo_limit")
    cfg.CONF.register_opts(loading.get_auth_plugin_conf_options("password"), "oslo_limit")
    for name, value in dict(auth_type="password", auth_url=BASE, username="nova", password=SERVICE,
                            user_domain_id="default", system_scope="all").items():
        cfg.CONF.set_override(name, value, group="oslo_limit")
    used = {"FPGA": 1, "VGPU": 4}
    enforcer = limit.Enforcer(lambda project_id, names: {name: used[name] for name in names})
    enforcer.enforce(project, {"FPGA": 1, "VGPU": 1})
    for over in ({"FPGA": 2}, {"VGPU": 2}):
        try:
            enforcer.enforce(project, over)
            raise AssertionError(f"{over} was let through")
        except exception.ProjectOverLimit as error:
            print("ok:", error)
    assert enforcer.calculate_usage(project, ["FPGA"])["FPGA"].limit == 2


globals()[CLIENT.replace(".", "_")]()
