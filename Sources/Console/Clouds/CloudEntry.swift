import Yams

/// What is said of one cloud, whether in a file or by variables, by the names that `clouds.yaml` has: `region_name`,
/// `auth.username`.
struct CloudEntry: Sendable {
    let name: String
    private var values: [String: String]
    private let isEnvironment: Bool

    /// Of a file.
    init(name: String, values node: Node) {
        self.name = name
        isEnvironment = false
        values = [:]
        for (key, value) in node.mapping ?? [:] {
            guard let key = key.string else { continue }
            if let text = value.scalar?.string {
                values[key] = text
            } else if key == "auth", let inner = value.mapping {
                for (key, value) in inner {
                    if let key = key.string, let text = value.scalar?.string { values["auth.\(key)"] = text }
                }
            }
        }
    }

    /// Of the variables `OS_…`.
    init(environment: [String: String]) {
        name = "envvars"
        isEnvironment = true
        values = [:]
        let plain: Set<String> = ["region_name", "interface", "cacert", "auth_type", "insecure", "verify"]
        for (variable, value) in environment where variable.hasPrefix("OS_") {
            let key = variable.dropFirst(3).lowercased()
            values[plain.contains(key) || key.hasSuffix("_endpoint_override") ? key : "auth.\(key)"] = value
        }
    }

    subscript(key: String) -> String? { values[key].flatMap { $0.isEmpty ? nil : $0 } }

    /// What `secure.yaml` says counts beside and before.
    mutating func merge(_ other: CloudEntry) { values.merge(other.values) { _, secret in secret } }

    /// `accelerator_endpoint_override` and its like, by type.
    var endpoints: [String: String] {
        let suffix = "_endpoint_override"
        var found: [String: String] = [:]
        for (key, value) in values where key.hasSuffix(suffix) {
            found[key.dropLast(suffix.count).split(separator: "_").joined(separator: "-")] = value
        }
        return found
    }

    /// Where a key of `auth` is to be said.
    func place(of key: String) -> String { isEnvironment ? "OS_\(key.uppercased())" : "'\(key)' below 'auth:'" }
}
