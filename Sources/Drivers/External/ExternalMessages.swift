/// The lines between the agent and a driver that is a separate program: JSON objects, version 1 of
/// `docs/drivers/external.md`.
enum ExternalMessages {
    static let version = 1

    struct Hello: Codable {
        var id = 0
        var `do` = "hello"
        var version = ExternalMessages.version
    }

    struct Welcome: Codable {
        var version: Int
    }

    /// The host, for finding devices.
    struct Fingerprint: Codable {
        var id: Int
        var `do` = "fingerprint"
        var host: String
        var functions: [Function]
    }

    struct Function: Codable {
        var address: String
        var vendor: String
        var product: String
        /// Six hexadecimal digits.
        var `class`: String
        var numaNode: Int?
        var driver: String?
        var physicalFunction: String?
        /// Whether the host needs the function, so that it cannot be offered.
        var fenced: Bool

        enum CodingKeys: String, CodingKey {
            case address, vendor, product, `class`, driver, fenced
            case numaNode = "numa_node"
            case physicalFunction = "physical_function"
        }
    }

    struct Order: Codable {
        var id: Int
        /// `prepare`, `withdraw`, `clean`, `program`, `health`.
        var `do`: String
        var handle: String
        /// The address of a PCI function; another device is named by `info`.
        var address: String?
        var info: [String: String]
        var image: String?
    }

    struct Answer: Codable {
        var id: Int
        /// Why the request failed: a sentence. Nil on success.
        var error: String?
        /// Whether the same request may succeed later.
        var transient: Bool?
        var devices: [Device]?
        /// Response to `clean`: what was done.
        var methods: [String]?
        /// Response to `health`: `well`, `worn`, `sick` or `unknown`, and the reason.
        var state: String?
        var reason: String?
    }

    struct Device: Codable {
        /// The address of a PCI function. Another device has a name.
        var address: String?
        /// The name of a device that is not a PCI function: letters, digits, `.`, `_`, `:`, `-`.
        var name: String?
        var vendor: String?
        /// How a hypervisor attaches it; `PCI` by default.
        var handleType: String?
        /// A type of the accelerator API; `PCI` by default.
        var type: String?
        var resourceClass: String
        var traits: [String]?
        var model: String?
        var prepares: Bool?
        var cleans: Bool?
        /// Information for consumers beyond the address.
        var info: [String: String]?
        var facts: [String: String]?

        enum CodingKeys: String, CodingKey {
            case address, name, vendor, type, traits, model, prepares, cleans, info, facts
            case resourceClass = "resource_class"
            case handleType = "handle_type"
        }

        /// The device's name, for a note.
        var title: String { address ?? name ?? "a device without a name" }
    }
}
