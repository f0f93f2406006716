import Model

/// Names that clients may not use for custom properties, or not change.
enum ImageNames {
    /// Set by the service alone.
    static let readOnly: Set<String> = [
        "created_at", "updated_at", "status", "checksum", "size", "virtual_size", "direct_url", "self", "file",
        "schema",
        "id", "os_hash_algo", "os_hash_value",
    ]
    /// Never in a document that comes from a client.
    static let unreadable: Set<String> = ["direct_url", "self", "file", "schema", "stores", "locations"]
    /// Accepted in a new image and ignored.
    static let ignored: Set<String> = ["os_hash_algo", "os_hash_value"]
    static let reserved: Set<String> = ["location", "deleted", "deleted_at"]
    static let reservedPrefix = "os_glance"

    static func isReserved(_ name: String) -> Bool { reserved.contains(name) || name.hasPrefix(reservedPrefix) }

    static func readOnly(_ name: String) -> Fault {
        Fault(.forbidden, "Attribute '\(name)' is read-only.", field: name)
    }

    static func reserved(_ name: String) -> Fault {
        Fault(.forbidden, "Attribute '\(name.shown)' is reserved.", field: name)
    }
}
