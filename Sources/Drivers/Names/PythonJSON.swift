import Model

/// JSON text exactly as Cyborg stores and shows it: a space after each colon and comma.
enum PythonJSON {
    /// A flat object; a nil value is `null`.
    static func object(_ pairs: [(String, String?)]) -> String {
        "{" + pairs.map { "\(quoted($0)): \($1.map(quoted) ?? "null")" }.joined(separator: ", ") + "}"
    }

    /// The control path of a PCI function, keys in order.
    static func controlPath(_ address: PCIAddress) -> String {
        object(address.attachInfo.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }

    private static func quoted(_ text: String) -> String { JSONEscaping.quoted(text, asciiOnly: true) }
}
