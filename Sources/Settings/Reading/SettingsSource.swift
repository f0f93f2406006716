import YAML
import Yams

/// One source of values: the file or the environment.
struct SettingsSource {
    /// For messages: `/etc/kilonova/kilonova.yaml`, `the environment`.
    let name: String
    /// Values by dotted path.
    var values: [String: (value: SettingsValue, place: String)] = [:]

    /// Parses YAML; aliases and tags other than the core schema's are read as plain values.
    static func file(_ text: String, named name: String) throws(SettingsFault) -> SettingsSource {
        let node: Node?
        do {
            node = try BoundedYAML.compose(text)
        } catch {
            throw SettingsFault([SettingsFault.Problem(place: name, error.reason)])
        }
        var source = SettingsSource(name: name)
        guard let node else { return source }
        let value = SettingsValue(node)
        switch value {
        case .null: return source
        case .mapping(let sections):
            try source.flatten(sections)
            return source
        default:
            throw SettingsFault([
                SettingsFault.Problem(
                    place: name, "holds \(value.form) at the top; sections such as 'listen:' belong there")
            ])
        }
    }

    private mutating func flatten(_ sections: [SettingsValue.Entry]) throws(SettingsFault) {
        for section in sections {
            switch section.value {
            case .null: continue
            case .mapping(let keys):
                for key in keys {
                    let path = "\(section.key).\(key.key)"
                    guard values[path] == nil else {
                        throw SettingsFault([
                            SettingsFault.Problem(place: "\(name):\(key.line)", "'\(path)' stands twice")
                        ])
                    }
                    values[path] = (key.value, "\(name):\(key.line)")
                }
            default:
                throw SettingsFault([
                    SettingsFault.Problem(
                        place: "\(name):\(section.line)",
                        "'\(section.key)' is \(section.value.form); a section holds keys")
                ])
            }
        }
    }

    /// Variables `KILONOVA_<SECTION>__<KEY>`; the values are YAML, so that lists can be written `[a, b]`.
    static func environment(_ variables: [String: String]) throws(SettingsFault) -> SettingsSource {
        var source = SettingsSource(name: "the environment")
        for (name, text) in variables.sorted(by: { $0.key < $1.key }) where name.hasPrefix("KILONOVA_") {
            let rest = name.dropFirst("KILONOVA_".count)
            guard let separator = rest.firstRange(of: "__") else { continue }
            let section = rest[..<separator.lowerBound].lowercased()
            let key = rest[separator.upperBound...].lowercased()
            let value: SettingsValue
            do {
                value = try BoundedYAML.compose(text).map(SettingsValue.init) ?? .text("")
            } catch {
                throw SettingsFault([SettingsFault.Problem(place: name, "is not a YAML value")])
            }
            source.values["\(section).\(key)"] = (value, name)
        }
        return source
    }
}

extension SettingsValue {
    init(_ node: Node) {
        switch node {
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain || scalar.style == .any
            let isNull = isPlain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
            self = isNull ? .null : .text(scalar.string)
        case .sequence(let sequence):
            self = .list(sequence.map { SettingsValue($0) })
        case .mapping(let mapping):
            self = .mapping(
                mapping.map { key, value in
                    Entry(key: key.string ?? "", value: SettingsValue(value), line: key.mark?.line ?? 0)
                })
        case .alias:
            self = .null
        }
    }
}
