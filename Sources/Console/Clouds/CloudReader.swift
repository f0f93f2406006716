import Clients
public import Model
import YAML
import Yams

/// Finds a cloud like OpenStack's clients: in the variables `OS_…`, otherwise in `clouds.yaml` with `secure.yaml`
/// beside it.
public struct CloudReader: Sendable {
    private let environment: [String: String]
    /// The text of a file; nil if it does not exist.
    private let file: @Sendable (_ path: String) -> String?

    public init(environment: [String: String], file: @escaping @Sendable (_ path: String) -> String?) {
        self.environment = environment.filter { !$0.value.isEmpty }
        self.file = file
    }

    /// The cloud `name`. Without a name: the cloud that `OS_CLOUD` names, otherwise that of the variables, otherwise
    /// the only one of the file.
    ///
    /// Throws 400 for missing or invalid settings, and names the place where they belong.
    public func cloud(_ name: String? = nil) throws(Fault) -> Cloud {
        let wanted = name ?? environment["OS_CLOUD"]
        if wanted == nil, environment["OS_AUTH_URL"] != nil || environment["OS_ENDPOINT"] != nil {
            return try cloud(CloudEntry(environment: environment))
        }
        let (clouds, path) = try clouds()
        guard let wanted = wanted ?? (clouds.count == 1 ? clouds.keys.first : nil) else {
            throw .badRequest(
                clouds.isEmpty
                    ? "No cloud is selected: there is no clouds.yaml (OS_CLIENT_CONFIG_FILE names one), and OS_AUTH_URL is not set."
                    : "Select a cloud with --os-cloud or OS_CLOUD; \(path) has \(clouds.keys.sorted().joined(separator: ", "))."
            )
        }
        guard let entry = clouds[wanted] else {
            throw .badRequest(
                clouds.isEmpty
                    ? "There is no clouds.yaml that could have a cloud '\(wanted)'; OS_CLIENT_CONFIG_FILE names one."
                    : "\(path) has no cloud '\(wanted)'; it has \(clouds.keys.sorted().joined(separator: ", ")).")
        }
        return try cloud(entry)
    }

    /// Whether the file has that cloud.
    public func has(_ name: String) -> Bool { (try? clouds())?.clouds[name] != nil }

    // MARK: Files

    private var folders: [String] {
        [".", environment["HOME"].map { "\($0)/.config/openstack" }, "/etc/openstack"].compactMap(\.self)
    }

    private func find(_ variable: String, _ name: String) -> (path: String, text: String)? {
        let paths = environment[variable].map { [$0] } ?? folders.map { "\($0)/\(name)" }
        for path in paths {
            if let text = file(path) { return (path, text) }
        }
        return nil
    }

    private func clouds() throws(Fault) -> (clouds: [String: CloudEntry], path: String) {
        guard let found = find("OS_CLIENT_CONFIG_FILE", "clouds.yaml") else {
            if let named = environment["OS_CLIENT_CONFIG_FILE"] {
                throw .badRequest("'\(named)', which OS_CLIENT_CONFIG_FILE names, cannot be read.")
            }
            return ([:], "clouds.yaml")
        }
        var clouds = try Self.entries(found.text, found.path)
        if let secure = find("OS_CLIENT_SECURE_FILE", "secure.yaml") {
            for (name, more) in try Self.entries(secure.text, secure.path) { clouds[name]?.merge(more) }
        }
        return (clouds, found.path)
    }

    private static func entries(_ text: String, _ path: String) throws(Fault) -> [String: CloudEntry] {
        let root: Node?
        do {
            root = try BoundedYAML.compose(text)
        } catch .tooLarge {
            throw .badRequest("\(path) \(YAMLFault.tooLarge.reason).")
        } catch {
            throw .badRequest("\(path) is not YAML.")
        }
        guard let clouds = root?["clouds"]?.mapping else {
            throw .badRequest("\(path) has no mapping 'clouds:'.")
        }
        var entries: [String: CloudEntry] = [:]
        for (key, value) in clouds {
            guard let name = key.string, value.mapping != nil else { continue }
            entries[name] = CloudEntry(name: name, values: value)
        }
        return entries
    }

    // MARK: Reading an entry

    private func cloud(_ entry: CloudEntry) throws(Fault) -> Cloud {
        if entry["verify"] == "false" || entry["insecure"] == "true" {
            throw .badRequest(
                "Cloud '\(entry.name)' turns off certificate checks, which is not supported; name the authority in 'cacert' instead."
            )
        }
        return Cloud(
            name: entry.name, account: try account(entry), region: entry["region_name"],
            interface: entry["interface"] ?? "public", authorities: entry["cacert"], endpoints: entry.endpoints)
    }

    private func account(_ entry: CloudEntry) throws(Fault) -> Cloud.Account {
        let type =
            entry["auth_type"]
            ?? (entry["auth.application_credential_id"] == nil ? "password" : "v3applicationcredential")
        switch type {
        case "admin_token", "none":
            guard let token = entry["auth.token"] ?? (type == "none" ? "" : nil) else { throw missing("token", entry) }
            return .token(Secret(token), endpoint: entry["auth.endpoint"])
        case "password", "v3password":
            return .identity(url: try needed("auth_url", entry), .user(try signIn(entry)))
        case "v3applicationcredential":
            return .identity(
                url: try needed("auth_url", entry),
                .applicationCredential(
                    id: try needed("application_credential_id", entry),
                    secret: Secret(try needed("application_credential_secret", entry))))
        default:
            throw .badRequest(
                "Cloud '\(entry.name)' has the auth_type '\(type)'; it must be password, v3applicationcredential or admin_token."
            )
        }
    }

    private func signIn(_ entry: CloudEntry) throws(Fault) -> UserSignIn {
        let user: UserSignIn.Reference =
            if let id = entry["auth.user_id"] { .id(id) } else {
                .name(try needed("username", entry), domain(entry, "user_domain"))
            }
        let scope: UserSignIn.Scope
        if let id = entry["auth.project_id"] ?? entry["auth.tenant_id"] {
            scope = .project(.id(id))
        } else if let name = entry["auth.project_name"] ?? entry["auth.tenant_name"] {
            scope = .project(.name(name, domain(entry, "project_domain")))
        } else if entry["auth.system_scope"] == "all" || entry["system_scope"] == "all" {
            scope = .system
        } else if let id = entry["auth.domain_id"] {
            scope = .domain(.id(id))
        } else if let name = entry["auth.domain_name"] {
            scope = .domain(.name(name))
        } else {
            scope = .none
        }
        return UserSignIn(user: user, password: Secret(try needed("password", entry)), scope: scope)
    }

    private func domain(_ entry: CloudEntry, _ key: String) -> UserSignIn.Domain {
        if let id = entry["auth.\(key)_id"] { return .id(id) }
        if let name = entry["auth.\(key)_name"] { return .name(name) }
        return entry["auth.default_domain"].map { .id($0) } ?? .name("Default")
    }

    private func needed(_ key: String, _ entry: CloudEntry) throws(Fault) -> String {
        guard let value = entry["auth.\(key)"] else { throw missing(key, entry) }
        return value
    }

    private func missing(_ key: String, _ entry: CloudEntry) -> Fault {
        .badRequest("Cloud '\(entry.name)' lacks \(entry.place(of: key)).")
    }
}
