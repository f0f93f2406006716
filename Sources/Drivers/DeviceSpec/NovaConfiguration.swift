/// The device specs of a configuration file of Nova's or of the reference's, taken unchanged: `[pci]` with as many lines
/// `device_spec = …` as there are specs.
public enum NovaConfiguration {
    /// What the section `[pci]` says, and warnings for `passthrough_whitelist`.
    public static func deviceSpecs(
        in text: String
    ) throws(DeviceSpecFault) -> (specs: [DeviceSpec], warnings: [String]) {
        var specs: [DeviceSpec] = []
        var warnings: [String] = []
        for (key, json) in entries(of: text) {
            guard let value = SpecValue(json: json) else {
                throw DeviceSpecFault(key, "'\(json.prefix(80))' is not JSON")
            }
            if key == "device_spec" {
                specs += try DeviceSpec.list(value)
            } else {
                let values: [SpecValue] = if case .list(let values) = value { values } else { [value] }
                for value in values {
                    let (spec, said) = try DeviceSpec.legacy(value)
                    specs.append(spec)
                    warnings += said.filter { !warnings.contains($0) }
                }
            }
        }
        return (specs, warnings)
    }

    /// Keys and values of the section `[pci]`; a line that begins with white space goes on with the value before it.
    private static func entries(of text: String) -> [(key: String, value: String)] {
        var entries: [(key: String, value: String)] = []
        var inSection = false
        var open = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let isContinued = line.first == " " || line.first == "\t"
            let word = line.trimmed
            if word.isEmpty || word.hasPrefix("#") || word.hasPrefix(";") { continue }
            if isContinued, open {
                entries[entries.count - 1].value += word
                continue
            }
            open = false
            if word.hasPrefix("["), !isContinued, word.hasSuffix("]") {
                inSection = word == "[pci]"
                continue
            }
            guard inSection, let sign = word.firstIndex(of: "=") else { continue }
            let key = word[..<sign].trimmed
            guard ["device_spec", "passthrough_whitelist"].contains(key) else { continue }
            entries.append((String(key), String(word[word.index(after: sign)...].trimmed)))
            open = true
        }
        return entries
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var slice = self
        while let first = slice.first, first == " " || first == "\t" || first == "\r" { slice.removeFirst() }
        while let last = slice.last, last == " " || last == "\t" || last == "\r" { slice.removeLast() }
        return slice
    }
}
