import Model

/// The required content of an attach handle, by its type. Further keys are kept unchanged.
enum HandleContent {
    /// What is wrong with `info`, in a sentence; nil if nothing is.
    static func problem(with info: [String: String], of type: AttachHandleType) -> String? {
        if case .other(let word) = type { return "'\(word.shown)' is no type that this release knows" }
        for (key, form) in required(of: type, info) {
            guard let value = info[key] else { return "a handle of type \(type.rawValue) needs '\(key)'" }
            guard form.admits(value) else { return "'\(key)' must be \(form.name), not '\(value.shown)'" }
        }
        for key in ["managed", "live_migratable"] {
            // A map of text to text: consumers read these words, never booleans.
            guard let value = info[key], value != "true", value != "false" else { continue }
            return "'\(key)' must be the text true or false, not '\(value.shown)'"
        }
        return nil
    }

    private static func required(of type: AttachHandleType, _ info: [String: String]) -> [(String, Form)] {
        switch type {
        case .pci, .testPCI: address
        // The parent may be no function of a bus: the kernel's sample drivers have virtual ones.
        case .mdev: (info["parent"] == nil ? address : [("parent", .text)]) + [("asked_type", .text)]
        case .nvme: address + [("namespace", .number)]
        case .block: [("path", .path)]
        case .usb: [("bus", .number), ("port", .port)]
        case .cxl: [("region", .text)]
        case .other: []
        }
    }

    private static let address: [(String, Form)] = [
        ("domain", .hexadecimal), ("bus", .hexadecimal), ("device", .hexadecimal), ("function", .hexadecimal),
    ]

    private enum Form {
        case hexadecimal, number, text, path, port

        var name: String {
            switch self {
            case .hexadecimal: "one to eight hexadecimal digits"
            case .number: "a whole number"
            case .text: "a text"
            case .path: "a path below /dev/"
            case .port: "a chain of ports such as 1.4"
            }
        }

        func admits(_ value: String) -> Bool {
            switch self {
            case .hexadecimal: (1...8).contains(value.utf8.count) && value.allSatisfy(\.isHexDigit)
            case .number: (1...9).contains(value.utf8.count) && value.utf8.allSatisfy { (48...57).contains($0) }
            case .text: !value.isEmpty
            case .path: value.hasPrefix("/dev/") && !value.split(separator: "/").contains("..")
            case .port:
                value.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
                    !part.isEmpty && part.utf8.allSatisfy { (48...57).contains($0) }
                }
            }
        }
    }
}
