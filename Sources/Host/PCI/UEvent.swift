/// The `KEY=value` lines of a device's `uevent` file: one read instead of five.
struct UEvent {
    private var values: [Substring: Substring] = [:]

    init(_ text: String) {
        for line in text.split(separator: "\n") {
            guard let sign = line.firstIndex(of: "=") else { continue }
            values[line[..<sign]] = line[line.index(after: sign)...]
        }
    }

    subscript(_ key: String) -> String? { values[key[...]].map(String.init) }

    func number(_ key: String) -> UInt32? { values[key[...]].flatMap { hexadecimalNumber($0) } }

    /// `10DE:20B5`.
    func pair(_ key: String) -> (UInt16, UInt16)? {
        guard let parts = values[key[...]]?.split(separator: ":"), parts.count == 2,
            let first = UInt16(parts[0], radix: 16), let second = UInt16(parts[1], radix: 16)
        else { return nil }
        return (first, second)
    }
}
