import Model

/// One mapping of a list in the configuration, read key by key. An unknown key is refused, and the message names the
/// nearest known one.
struct SpecEntry {
    private let values: [String: SpecValue]

    /// - Parameters:
    ///   - title: the list's name, for messages
    ///   - keys: the known keys
    init(_ value: SpecValue, of title: String, keys: [String]) throws(DeviceSpecFault) {
        guard case .mapping(let values) = value else {
            throw DeviceSpecFault("", "an entry of \(title) is a mapping, not \(value.form)")
        }
        for key in values.keys.sorted() where !keys.contains(key) {
            let near = NearestName.find(key, among: keys).map { "; did you mean '\($0)'?" } ?? ""
            throw DeviceSpecFault(key, "is not a key of \(title)\(near)")
        }
        self.values = values
    }

    /// The value as it is in the configuration; nil if the key is not given.
    func value(_ key: String) -> SpecValue? { values[key] }

    /// Nil if the key is not given.
    func text(_ key: String) throws(DeviceSpecFault) -> String? { try DeviceSpec.text(values, key) }

    func flag(_ key: String) throws(DeviceSpecFault) -> Bool? { try DeviceSpec.flag(values, key) }

    func resourceClass(_ key: String) throws(DeviceSpecFault) -> ResourceClass? {
        guard let name = try text(key) else { return nil }
        return try DeviceSpec.resourceClass(name)
    }

    func traits(_ key: String) throws(DeviceSpecFault) -> [Trait] { try DeviceSpec.traits(values[key]) }

    func required(_ key: String, _ meaning: String) throws(DeviceSpecFault) -> String {
        guard let text = try text(key) else { throw DeviceSpecFault(key, "is missing; it must be \(meaning)") }
        return text
    }

    func number(_ key: String, in range: ClosedRange<Int>) throws(DeviceSpecFault) -> Int? {
        guard let text = try text(key) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw DeviceSpecFault(key, "'\(text)' is not a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A list of strings; one string is a list of one.
    func texts(_ key: String) throws(DeviceSpecFault) -> [String] {
        guard case .list(let list) = values[key] else { return try text(key).map { [$0] } ?? [] }
        var texts: [String] = []
        for value in list {
            guard case .text(let text) = value else {
                throw DeviceSpecFault(key, "holds \(value.form); it must be a list of texts")
            }
            texts.append(text)
        }
        return texts
    }

    /// A time span: a whole number and `ms`, `s`, `m` or `h`; a bare number is seconds.
    func duration(_ key: String) throws(DeviceSpecFault) -> Duration? {
        guard let text = try text(key) else { return nil }
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int64(digits), number <= 1_000_000_000 else {
            throw DeviceSpecFault(key, "'\(text)' is not a time span such as 30s or 5m")
        }
        switch text.dropFirst(digits.count) {
        case "ms": return .milliseconds(number)
        case "s", "": return .seconds(number)
        case "m": return .seconds(number * 60)
        case "h": return .seconds(number * 3600)
        default: throw DeviceSpecFault(key, "'\(text)' is not a time span such as 30s or 5m")
        }
    }
}
