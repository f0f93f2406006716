import Yams

/// The settings of one cloud, from a file or from variables, with the names of `clouds.yaml`: `region_name`,
/// `auth.username`.
struct CloudEntry: Sendable {
    let name: String
    private var values: [String: String]
    private let isEnvironment: Bool

    /// Reads an entry of a file.
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

    /// Reads the variables `OS_…`.
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

    /// Merges the entry of `secure.yaml`, which takes precedence.
    mutating func merge(_ other: CloudEntry) { values.merge(other.values) { _, secret in secret } }

    /// `accelerator_endpoint_override` and similar keys, by type.
    var endpoints: [String: String] {
        let suffix = "_endpoint_override"
        var found: [String: String] = [:]
        for (key, value) in values where key.hasSuffix(suffix) {
            found[key.dropLast(suffix.count).split(separator: "_").joined(separator: "-")] = value
        }
        return found
    }

    /// Where a key of `auth` must be set.
    func place(of key: String) -> String { isEnvironment ? "OS_\(key.uppercased())" : "'\(key)' below 'auth:'" }
}
