import FoundationEssentials

/// A value of the configuration whose key has not been interpreted yet: read from JSON, or passed by the reader of a
/// file.
public indirect enum SpecValue: Sendable, Equatable {
    case null
    case flag(Bool)
    case number(Double)
    case text(String)
    case list([SpecValue])
    case mapping([String: SpecValue])

    /// Reads JSON text. Nil if it is not JSON.
    public init?(json text: String) {
        guard let value = try? JSONDecoder().decode(SpecValue.self, from: Data(text.utf8)) else { return nil }
        self = value
    }

    var form: String {
        switch self {
        case .null: "nothing"
        case .flag: "a truth value"
        case .number: "a number"
        case .text: "a text"
        case .list: "a list"
        case .mapping: "a mapping"
        }
    }
}

extension SpecValue: Decodable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    public init(from decoder: any Decoder) throws {
        if let container = try? decoder.container(keyedBy: Key.self) {
            var values: [String: SpecValue] = [:]
            for key in container.allKeys { values[key.stringValue] = try container.decode(SpecValue.self, forKey: key) }
            self = .mapping(values)
        } else if var container = try? decoder.unkeyedContainer() {
            var values: [SpecValue] = []
            while !container.isAtEnd { values.append(try container.decode(SpecValue.self)) }
            self = .list(values)
        } else {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                self = .null
            } else if let flag = try? container.decode(Bool.self) {
                self = .flag(flag)
            } else if let number = try? container.decode(Double.self) {
                self = .number(number)
            } else {
                self = .text(try container.decode(String.self))
            }
        }
    }
}
