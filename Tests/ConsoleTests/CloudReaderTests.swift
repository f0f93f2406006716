import Clients
import Model
import Testing

@testable import Console

@Suite struct CloudReaderTests {
    private static let clouds = """
        clouds:
          kilonova:
            auth_type: password
            auth:
              auth_url: "https://c/identity/v3"
              username: admin
              password: "secret: word"
              project_name: admin
              user_domain_name: Default
              project_domain_name: Default
            region_name: RegionOne
            interface: internal
            cacert: /etc/ca.pem
          byid:
            auth:
              auth_url: http://k
              user_id: u1
              project_id: p1
            accelerator_endpoint_override: http://a/v2
          app:
            auth: {auth_url: "http://k", application_credential_id: i, application_credential_secret: s}
          dev:
            auth_type: admin_token
            auth: {endpoint: "http://127.0.0.1:1/placement", token: "demo:demo"}
            accelerator_endpoint_override: http://127.0.0.1:1/accelerator/v2
          blind: {auth: {auth_url: "http://k", username: u, password: p}, verify: false}
          odd: {auth_type: v3oidcpassword, auth: {auth_url: "http://k"}}
          poor: {auth: {auth_url: "http://k", username: u}}
        """

    private func reader(_ environment: [String: String] = [:], _ files: [String: String] = [:]) -> CloudReader {
        CloudReader(environment: environment) { path in files[path] }
    }

    private func own(_ environment: [String: String] = [:], secure: String? = nil) -> CloudReader {
        var files = ["./clouds.yaml": Self.clouds]
        files["./secure.yaml"] = secure
        return reader(environment, files)
    }

    private func refusal(_ body: () throws(Fault) -> Cloud) -> String? {
        do throws(Fault) {
            _ = try body()
            return nil
        } catch {
            return error.message
        }
    }

    private func user(_ cloud: Cloud) -> UserSignIn? {
        if case .identity(_, .user(let signIn)) = cloud.account { signIn } else { nil }
    }

    @Test func `a cloud is read as the clients read it`() throws {
        let cloud = try own().cloud("kilonova")
        #expect(cloud.region == "RegionOne" && cloud.interface == "internal" && cloud.authorities == "/etc/ca.pem")
        #expect(
            user(cloud)
                == UserSignIn(
                    user: .name("admin", .name("Default")), password: Secret("secret: word"),
                    scope: .project(.name("admin", .name("Default")))))
        #expect(
            try own().cloud("app").account
                == .identity(url: "http://k", .applicationCredential(id: "i", secret: Secret("s"))))
        let dev = try own().cloud("dev")
        #expect(dev.account == .token(Secret("demo:demo"), endpoint: "http://127.0.0.1:1/placement"))
        #expect(dev.endpoints == ["accelerator": "http://127.0.0.1:1/accelerator/v2"])
        #expect(own().has("dev") && !own().has("nobody"))
    }

    @Test func `secure yaml adds what is secret`() throws {
        #expect(refusal { () throws(Fault) in try own().cloud("byid") }?.contains("'password'") == true)
        let cloud = try own(secure: "clouds: {byid: {auth: {password: hidden}}, other: {}}").cloud("byid")
        #expect(
            user(cloud)
                == UserSignIn(user: .id("u1"), password: Secret("hidden"), scope: .project(.id("p1"))))
        #expect(cloud.endpoints == ["accelerator": "http://a/v2"])
    }

    @Test func `variables count where no cloud is named`() throws {
        var environment = [
            "OS_AUTH_URL": "http://k/v3", "OS_USERNAME": "ann", "OS_PASSWORD": "x", "OS_PROJECT_NAME": "p",
            "OS_USER_DOMAIN_ID": "d", "OS_REGION_NAME": "r", "OS_CACERT": "/ca", "OS_CLOUD": "",
        ]
        let cloud = try own(environment).cloud()
        #expect(cloud.name == "envvars" && cloud.region == "r" && cloud.authorities == "/ca")
        #expect(user(cloud)?.user == .name("ann", .id("d")))
        environment["OS_CLOUD"] = "app"
        #expect(try own(environment).cloud().name == "app")
        #expect(try own(environment).cloud("dev").name == "dev")
        environment["OS_CLOUD"] = nil
        environment["OS_PASSWORD"] = nil
        #expect(refusal { () throws(Fault) in try own(environment).cloud() } == "Cloud 'envvars' lacks OS_PASSWORD.")
        environment["OS_PROJECT_NAME"] = nil
        environment["OS_PASSWORD"] = "x"
        environment["OS_SYSTEM_SCOPE"] = "all"
        #expect(user(try own(environment).cloud())?.scope == .system)
    }

    @Test func `files are looked for where the clients look`() throws {
        let one = "clouds: {only: {auth: {auth_url: u, username: n, password: p}}}"
        for path in ["./clouds.yaml", "/home/x/.config/openstack/clouds.yaml", "/etc/openstack/clouds.yaml", "/named"] {
            let environment = path == "/named" ? ["OS_CLIENT_CONFIG_FILE": "/named"] : ["HOME": "/home/x"]
            #expect(try reader(environment, [path: one]).cloud().name == "only")
        }
        #expect(
            refusal { () throws(Fault) in try reader(["OS_CLIENT_CONFIG_FILE": "/no"]).cloud("x") }?.contains("'/no'")
                == true)
    }

    @Test(arguments: [
        ("nobody", "has no cloud 'nobody'; it has app, blind"), ("blind", "'cacert'"), ("odd", "'v3oidcpassword'"),
        ("poor", "lacks 'password' below 'auth:'"),
    ])
    func `what is missing is said`(name: String, part: String) throws {
        let message = try #require(refusal { () throws(Fault) in try own().cloud(name) })
        #expect(message.contains(part), "\(message)")
    }

    @Test func `nothing at all says what to do`() throws {
        #expect(refusal { () throws(Fault) in try reader().cloud() }?.contains("OS_AUTH_URL") == true)
        #expect(refusal { () throws(Fault) in try own().cloud() }?.contains("--os-cloud") == true)
        for bad in ["- list", "clouds: [", ""] {
            #expect(refusal { () throws(Fault) in try reader([:], ["./clouds.yaml": bad]).cloud("x") } != nil)
        }
    }
}
