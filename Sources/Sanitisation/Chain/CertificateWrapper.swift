import FoundationEssentials
import Model

/// The fields that the API adds to a signed statement for searching. They are not signed: a reader must not trust a
/// field that differs from the statement.
public struct CertificateWrapper: Sendable, Codable, Equatable {
    /// The values as text, whatever their type in JSON.
    public let fields: [String: String]

    /// The fields that repeat signed values.
    static let names = ["hostname", "number", "device_uuid", "attach_handle_uuid", "result", "issued_at", "hash"]

    public init(_ fields: [String: String]) {
        self.fields = fields
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Name.self)
        var fields: [String: String] = [:]
        for name in Self.names where container.contains(Name(name)) {
            let key = Name(name)
            if let text = try? container.decode(String.self, forKey: key) {
                fields[name] = text
            } else if let number = try? container.decode(Int64.self, forKey: key) {
                fields[name] = "\(number)"
            } else {
                // Null, or of another form: it says something else than the statement, in any case.
                fields[name] = ""
            }
        }
        self.fields = fields
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Name.self)
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
            try container.encode(value, forKey: Name(name))
        }
    }

    /// The fields that contradict the signed statement.
    func differences(from statement: SanitisationStatement, hash: String) -> [String] {
        compare([
            "hostname": statement.host, "number": "\(statement.number)", "device_uuid": statement.device.uuid,
            "attach_handle_uuid": statement.device.handle, "result": statement.result.rawValue,
            "issued_at": statement.issued, "hash": hash,
        ])
    }

    func differences(from head: ChainHeadStatement) -> [String] {
        compare(["hostname": head.host, "number": "\(head.number)", "issued_at": head.issued, "hash": head.hash])
    }

    private func compare(_ signed: [String: String]) -> [String] {
        Self.names.compactMap { name in
            guard let said = fields[name], let right = signed[name], said != right else { return nil }
            if name == "issued_at", let one = Timestamp(iso: said), one == Timestamp(iso: right) { return nil }
            return "'\(name)' beside the statement says '\(said.prefix(100))', and the statement '\(right)'"
        }
    }

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ text: String) { stringValue = text }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
