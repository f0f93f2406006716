/// The device specs of a configuration file of Nova or Cyborg, unchanged: section `[pci]` with one line `device_spec =
/// …` for each spec.
public enum NovaConfiguration {
    private struct Entry {
        let isFormer: Bool
        /// Of the file, from 1.
        let line: Int
        var json: String
    }

    /// The device specs of the file, and warnings for `passthrough_whitelist`. The error lists everything that is
    /// wrong, by line.
    ///
    /// - Parameter file: the file's name, for messages
    public static func deviceSpecs(
        in text: String, of file: String = "nova.conf"
    ) throws(DeviceSpecFault) -> (specs: [DeviceSpec], warnings: [String]) {
        var specs: [DeviceSpec] = []
        var warnings: [String] = []
        var faults: [DeviceSpecFault] = []
        for entry in entries(of: text) {
            do throws(DeviceSpecFault) {
                if entry.isFormer {
                    let (former, said) = try DeviceSpec.legacy(list: .text(entry.json))
                    specs += former
                    warnings += said.filter { !warnings.contains($0) }
                } else {
                    specs += try DeviceSpec.list(json: entry.json)
                }
            } catch {
                faults.append(DeviceSpecFault("\(file), line \(entry.line)", "\(error)"))
            }
        }
        if let fault = DeviceSpecFault(faults) { throw fault }
        return (specs, warnings)
    }

    /// The keys that contain device specs, by section: today's key and two former names.
    private static let keys = [
        "pci": ["device_spec": false, "passthrough_whitelist": true], "DEFAULT": ["pci_passthrough_whitelist": true],
    ]

    /// Reads the file as oslo.config does: a line that begins with white space continues the previous value, up to an
    /// empty line; key and value are separated by the first `=` or `:`; quotes around a complete value are removed.
    private static func entries(of text: String) -> [Entry] {
        var entries: [Entry] = []
        var section = "DEFAULT"
        var isOpen = false
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let word = line.trimmed
            if word.isEmpty { isOpen = false }
            if word.isEmpty || word.hasPrefix("#") || word.hasPrefix(";") { continue }
            if line.first == " " || line.first == "\t" {
                if isOpen { entries[entries.count - 1].json += "\n" + word }
                continue
            }
            isOpen = false
            if word.hasPrefix("["), word.hasSuffix("]") {
                section = String(word.dropFirst().dropLast())
                continue
            }
            guard let sign = word.firstIndex(where: { $0 == "=" || $0 == ":" }),
                let isFormer = keys[section]?[String(word[..<sign].trimmed)]
            else { continue }
            let value = String(word[word.index(after: sign)...].trimmed)
            entries.append(Entry(isFormer: isFormer, line: index + 1, json: value))
            isOpen = true
        }
        return entries.map { entry in
            var entry = entry
            if let quote = entry.json.first, quote == "'" || quote == "\"", entry.json.count > 1,
                entry.json.last == quote
            {
                entry.json = String(entry.json.dropFirst().dropLast())
            }
            return entry
        }
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
