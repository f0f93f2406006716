import API
import Model

/// The valid content of a device profile.
enum ProfileRules {
    private static let classes: Set<String> = [
        "FPGA", "GPU", "VGPU", "PGPU", "CUSTOM_QAT", "CUSTOM_NIC", "CUSTOM_SSD",
    ]
    /// Maximum number of accelerators of one profile. More would be a mistake, and would slow down everything that
    /// lists requests.
    private static let acceleratorLimit = 256

    /// Up to 2.3, a missing or overlong name is 500, which published clients assert; every other mistake is 400.
    static func checkName(_ name: String?, _ version: Microversion) throws(Fault) -> String {
        let kind: Fault.Kind = version < .operations ? .internalError : .badRequest
        guard let name, !name.isEmpty else {
            throw Fault(kind, "'name' is missing or empty: a device profile needs a name.", field: "[0].name")
        }
        guard name.unicodeScalars.count <= 255 else {
            throw Fault(
                kind, "'name' is too long: the name of a device profile has at most 255 characters.", field: "[0].name")
        }
        let isPlain = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard isPlain else {
            throw .badRequest(
                "The name '\(name.shown)' may hold only letters, digits, '-' and '_'.", field: "[0].name")
        }
        return name
    }

    /// The groups, with blanks around names removed. Throws 400 that names the first wrong place.
    static func check(_ groups: [[String: String]]) throws(Fault) -> [ProfileGroup] {
        guard !groups.isEmpty else {
            throw .badRequest("'groups' must hold at least one group.", field: "[0].groups")
        }
        var checked: [ProfileGroup] = []
        for (index, group) in groups.enumerated() {
            var entries: [String: String] = [:]
            for (key, value) in group.sorted(by: { $0.key < $1.key }) {
                let (name, text) = try check(key, value, at: "[0].groups[\(index)].\(key)")
                entries[name] = text
            }
            let result = ProfileGroup(entries: entries)
            guard entries.keys.contains(where: { $0.hasPrefix("resources:") }) else {
                throw .badRequest(
                    "Group \(index) of 'groups' asks for no resources; it needs a key such as 'resources:FPGA'.",
                    field: "[0].groups[\(index)]")
            }
            checked.append(result)
        }
        let count = checked.reduce(0) { $0 + $1.accelerators.count }
        guard count <= acceleratorLimit else {
            throw .badRequest(
                "A device profile asks for at most \(acceleratorLimit) accelerators; this one asks for \(count).",
                field: "[0].groups")
        }
        return checked
    }

    private static func check(
        _ key: String, _ value: String, at place: String
    ) throws(Fault) -> (String, String) {
        guard let colon = key.firstIndex(of: ":") else { throw unknown(key, at: place) }
        let name = trimmed(key[key.index(after: colon)...])
        switch key[..<colon] {
        case "resources":
            guard ResourceClass(name) != nil, classes.contains(name) || name.hasPrefix("CUSTOM_") else {
                throw .badRequest(
                    "'\(name.shown)' is not a resource class that a profile may ask for: those are "
                        + "\(classes.sorted().joined(separator: ", ")) and every CUSTOM_ class.", field: place)
            }
            guard let count = Int(trimmed(value[...])), (1...acceleratorLimit).contains(count) else {
                throw .badRequest(
                    "The count of 'resources:\(name)' must be a whole number from 1 to \(acceleratorLimit), "
                        + "not '\(value.shown)'.", field: place)
            }
            return ("resources:\(name)", "\(count)")
        case "trait":
            guard let trait = Trait(name), trait.isCustom else {
                throw .badRequest("The trait '\(name.shown)' must begin with CUSTOM_.", field: place)
            }
            guard value == "required" || value == "forbidden" else {
                throw .badRequest(
                    "The value of 'trait:\(name)' must be required or forbidden, not '\(value.shown)'.", field: place)
            }
            return ("trait:\(name)", value)
        case "accel":
            return (key, value)
        default:
            throw unknown(key, at: place)
        }
    }

    private static func unknown(_ key: String, at place: String) -> Fault {
        .badRequest(
            "The key '\(key.shown)' in 'groups' must begin with 'resources:', 'trait:' or 'accel:'.", field: place)
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
