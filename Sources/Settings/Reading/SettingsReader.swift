public import Model

/// Reads keys. Each call also declares a key, so the calls are the only list of keys, for validation and for the
/// reference.
///
/// A wrong value is recorded and replaced by its default, so that one pass finds every problem.
public struct SettingsReader {
    private let sources: [SettingsSource]
    private let files: any SecretFiles
    private(set) var keys: [SettingsKey] = []
    private(set) var problems: [SettingsFault.Problem] = []
    /// Paths in sections that are named after things.
    private var answered: Set<String> = []

    /// Later sources win.
    init(_ sources: [SettingsSource], files: any SecretFiles) {
        self.sources = sources
        self.files = files
    }

    private mutating func find(
        _ path: String, _ form: String, _ standard: String, _ summary: String
    ) -> (value: SettingsValue, place: String)? {
        keys.append(SettingsKey(path: path, form: form, standard: standard, summary: summary))
        for source in sources.reversed() {
            if let found = source.values[path], found.value != .null { return found }
        }
        return nil
    }

    private mutating func refuse(_ path: String, _ place: String, _ message: String) {
        problems.append(SettingsFault.Problem(place: place, "'\(path)' \(message)"))
    }

    /// Records a problem: keys that exclude each other, or a missing one.
    public mutating func refuse(_ path: String, _ message: String) {
        let place = sources.reversed().compactMap { $0.values[path]?.place }.first
        refuse(path, place ?? sources.first?.name ?? "configuration", message)
    }

    private mutating func scalar<Value>(
        _ path: String, _ form: String, _ standard: Value, _ shown: String, _ summary: String,
        _ parse: (String) -> Value?
    ) -> Value {
        guard let found = find(path, form, shown, summary) else { return standard }
        guard case .text(let text) = found.value else {
            refuse(path, found.place, "is \(found.value.form); it must be \(form)")
            return standard
        }
        guard let value = parse(text) else {
            refuse(path, found.place, "is '\(text)'; it must be \(form)")
            return standard
        }
        return value
    }

    public mutating func text(_ path: String, _ summary: String, default standard: String) -> String {
        scalar(path, "text", standard, standard, summary) { $0 }
    }

    public mutating func optionalText(_ path: String, _ summary: String) -> String? {
        scalar(path, "text", String?.none, "", summary) { .some($0) }
    }

    public mutating func number(
        _ path: String, _ summary: String, in range: ClosedRange<Int>, default standard: Int
    ) -> Int {
        scalar(path, "a number from \(range.lowerBound) to \(range.upperBound)", standard, "\(standard)", summary) {
            text in Int(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    public mutating func boolean(_ path: String, _ summary: String, default standard: Bool) -> Bool {
        scalar(path, "true or false", standard, "\(standard)", summary) { text in
            switch text.lowercased() {
            case "true", "yes", "on": true
            case "false", "no", "off": false
            default: nil
            }
        }
    }

    /// A time span: a whole number and a unit, `ms`, `s`, `m`, `h` or `d`; a number without a unit is seconds.
    public mutating func duration(_ path: String, _ summary: String, default standard: String) -> Duration {
        scalar(
            path, "a time span such as 30s, 5m or 2h", Duration(settings: standard) ?? .zero, standard, summary,
            Duration.init(settings:))
    }

    public mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ path: String, _ summary: String, default standard: Choice
    ) -> Choice {
        let names = Choice.allCases.map(\.rawValue)
        return scalar(
            path, "one of \(names.joined(separator: ", "))", standard, standard.rawValue, summary,
            Choice.init(rawValue:))
    }

    public mutating func texts(_ path: String, _ summary: String, default standard: [String] = []) -> [String] {
        let shown = standard.isEmpty ? "" : "[\(standard.joined(separator: ", "))]"
        guard let found = find(path, "a list of texts", shown, summary) else { return standard }
        switch found.value {
        case .text(let text): return [text]
        case .list(let values):
            var texts: [String] = []
            for value in values {
                guard case .text(let text) = value else {
                    refuse(path, found.place, "holds \(value.form); it must be a list of texts")
                    return standard
                }
                texts.append(text)
            }
            return texts
        default:
            refuse(path, found.place, "is \(found.value.form); it must be a list of texts")
            return standard
        }
    }

    /// A list of texts, which may also be one text with commas, as upstream's options have it.
    public mutating func items(_ path: String, _ summary: String, default standard: [String] = []) -> [String] {
        Self.separated(texts(path, summary, default: standard))
    }

    private static func separated(_ texts: [String]) -> [String] {
        texts.flatMap { $0.split(separator: ",") }.map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }
    }

    /// The lists under one key in every section whose name begins with `prefix`, by the rest of the name: sections that
    /// are named after things, such as `vgpu_nvidia-35`.
    public mutating func items(
        inEach prefix: String, named placeholder: String, key: String, _ summary: String
    ) -> [String: [String]] {
        keys.append(
            SettingsKey(
                path: "\(prefix)<\(placeholder)>.\(key)", form: "a list of texts", standard: "", summary: summary))
        var paths: Set<String> = []
        for source in sources {
            for path in source.values.keys where path.hasPrefix(prefix) && path.hasSuffix(".\(key)") {
                if path.utf8.count > prefix.utf8.count + key.utf8.count + 1 { paths.insert(path) }
            }
        }
        var found: [String: [String]] = [:]
        let declared = keys
        for path in paths.sorted() {
            found[String(path.dropFirst(prefix.count).dropLast(key.count + 1))] = items(path, summary)
            answered.insert(path)
        }
        keys = declared
        return found
    }

    /// A mapping of texts.
    public mutating func words(_ path: String, _ summary: String) -> [String: String] {
        guard let found = find(path, "a mapping of texts", "", summary) else { return [:] }
        guard case .mapping(let entries) = found.value else {
            refuse(path, found.place, "is \(found.value.form); it must be a mapping of texts")
            return [:]
        }
        var words: [String: String] = [:]
        for entry in entries {
            guard case .text(let text) = entry.value else {
                refuse(path, found.place, "holds \(entry.value.form) under '\(entry.key)'; it must be a text")
                continue
            }
            words[entry.key] = text
        }
        return words
    }

    /// Mappings whose keys another room checks, such as `device_spec`.
    ///
    /// - Parameter takesTexts: whether an entry may be a text that contains a mapping in another form
    public mutating func mappings(
        _ path: String, _ summary: String, takesTexts: Bool = false
    ) -> [SettingsValue] {
        guard let found = find(path, "a list of mappings", "", summary) else { return [] }
        let values: [SettingsValue] = if case .list(let values) = found.value { values } else { [found.value] }
        for value in values {
            if takesTexts, case .text = value { continue }
            guard case .mapping = value else {
                refuse(path, found.place, "holds \(value.form); it must be a list of mappings")
                return []
            }
        }
        return values
    }

    /// A secret, by the path of the file that contains it. The secret itself is never in the configuration.
    public mutating func secret(file path: String, _ summary: String) -> Secret? {
        guard let file = optionalText(path, summary) else { return nil }
        return secret(at: file, namedBy: path)
    }

    /// A secret in a file that a mapping under `path` names.
    public mutating func secret(at file: String, namedBy path: String) -> Secret? {
        do {
            return try files.secret(at: file)
        } catch {
            refuse(path, "names '\(file)', which \(error.reason)")
            return nil
        }
    }

    /// Refuses keys that nothing read, and throws every problem that was found.
    mutating func finish() throws(SettingsFault) {
        let known = Set(keys.map(\.path)).union(answered)
        for source in sources {
            for (path, found) in source.values.sorted(by: { $0.key < $1.key }) where !known.contains(path) {
                let near = NearestName.find(path, among: known).map { "; did you mean '\($0)'?" } ?? ""
                problems.append(SettingsFault.Problem(place: found.place, "'\(path)' is not a key\(near)"))
            }
        }
        if !problems.isEmpty { throw SettingsFault(problems) }
    }
}
