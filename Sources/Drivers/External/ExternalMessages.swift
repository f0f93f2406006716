/// The lines between the agent and a driver that is a program of its own: JSON objects, version 1 of `docs/drivers/external.md`.
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

    /// Of the host, to find devices in.
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
        /// Offering it is refused.
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
        /// Of a PCI function; what is none is named by `info`.
        var address: String?
        var info: [String: String]
        var image: String?
    }

    struct Answer: Codable {
        var id: Int
        /// Set when it could not be done: a sentence.
        var error: String?
        /// Whether the same may succeed later.
        var transient: Bool?
        var devices: [Device]?
        /// Of `clean`: what was done.
        var methods: [String]?
        /// Of `health`: `well`, `worn`, `sick`, `unknown`, and why.
        var state: String?
        var reason: String?
    }

    struct Device: Codable {
        /// Of a PCI function. What is none has a name.
        var address: String?
        /// Of what is no PCI function: letters, digits, `.`, `_`, `:`, `-`.
        var name: String?
        var vendor: String?
        /// How a hypervisor attaches it: `PCI` without.
        var handleType: String?
        /// One of the accelerator API's; `PCI` without.
        var type: String?
        var resourceClass: String
        var traits: [String]?
        var model: String?
        var prepares: Bool?
        var cleans: Bool?
        /// Beyond the address, for consumers.
        var info: [String: String]?
        var facts: [String: String]?

        enum CodingKeys: String, CodingKey {
            case address, name, vendor, type, traits, model, prepares, cleans, info, facts
            case resourceClass = "resource_class"
            case handleType = "handle_type"
        }

        /// What it calls the device, for a note.
        var title: String { address ?? name ?? "a device without a name" }
    }
}
