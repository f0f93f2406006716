import Settings

/// The entries of one store in `image.stores`, read by name; what nobody reads is found.
struct StoreFields {
    private var entries: [String: SettingsValue] = [:]
    /// Of the store, as soon as it is known.
    private var known = ""
    /// What was wrong first.
    private(set) var problem: String?

    init(_ value: SettingsValue) {
        guard case .mapping(let members) = value else { return }
        for member in members { entries[member.key] = member.value }
    }

    /// A key that nothing read.
    var unread: String? { entries.keys.min() }

    mutating func fail(_ key: String, _ message: String) {
        if problem == nil { problem = "has a store\(known.isEmpty ? "" : " '\(known)'") whose \(key) \(message)" }
    }

    /// The store's own, which stands in URLs and headers.
    mutating func storeName() -> String? {
        guard let text = required("name") else { return nil }
        let isName =
            text.utf8.count <= 64 && !text.hasPrefix("os_glance_")
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
        guard isName else {
            fail("name", "is not of letters, digits, '-', '_' and '.', or begins with os_glance_")
            return nil
        }
        known = text
        return text
    }

    mutating func optional(_ key: String) -> String? {
        guard case .text(let text)? = entries.removeValue(forKey: key), !text.isEmpty else { return nil }
        return text
    }

    mutating func required(_ key: String) -> String? {
        guard let text = optional(key) else {
            fail(key, "is missing")
            return nil
        }
        return text
    }

    /// - Parameter standard: nil where the key is needed
    mutating func word(_ key: String, of words: [String], default standard: String? = nil) -> String? {
        guard let text = optional(key) ?? standard, words.contains(text) else {
            fail(key, "must be one of \(words.joined(separator: ", "))")
            return nil
        }
        return text
    }

    mutating func number(_ key: String, in range: ClosedRange<Int>, default standard: Int) -> Int? {
        guard let text = optional(key) else { return standard }
        guard let number = Int(text), range.contains(number) else {
            fail(key, "must be a number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return number
    }
}
