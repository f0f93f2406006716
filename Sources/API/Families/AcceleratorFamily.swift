import FoundationEssentials
public import HTTPTypes
public import Model

/// The accelerator API's conventions: versions 2.0 to 2.6, default 2.0, and an error body whose text is JSON itself.
public struct AcceleratorFamily: APIFamily {
    public let serviceType = "accelerator"
    public let minimum = Microversion(2, 0)
    public let maximum = Microversion(2, 6)

    public let faultSchema = Schema.object(ObjectSchema([.init("error_message", .string)]))

    public init() {}

    /// A bare `2.N` is accepted, too; entries for other services are ignored.
    public func version(asked headers: HTTPFields, path: String) throws(Fault) -> Microversion {
        var text = versionText(in: headers)
        if text == nil, let bare = headers[.openStackAPIVersion], Microversion(bare) != nil { text = bare }
        guard let text else { return minimum }
        if text.lowercased() == "latest" { return maximum }
        guard let version = Microversion(text) else {
            throw Fault(
                .notAcceptable, "Invalid microversion '\(text.prefix(40))'; it must be of the form 2.N.",
                field: "OpenStack-API-Version")
        }
        guard minimum <= version, version <= maximum else {
            throw Fault(
                .notAcceptable,
                "Version \(version) is not supported by the API. Minimum is \(minimum) and maximum is \(maximum).",
                field: "OpenStack-API-Version")
        }
        return version
    }

    public func headers(_ context: WireContext, status: Int) -> HTTPFields {
        var fields: HTTPFields = [:]
        fields[Self.minimumHeader] = "\(minimum)"
        fields[Self.maximumHeader] = "\(maximum)"
        fields[.vary] = "OpenStack-API-Version"
        if let version = context.version { fields[.openStackAPIVersion] = "accelerator \(version)" }
        return fields
    }

    public func envelope(_ fault: Fault, _ context: WireContext) -> (contentType: String, bytes: [UInt8]) {
        var inner = JSONWriter()
        inner.object { json in
            json.member("faultcode", fault.kind.status < 500 ? "Client" : "Server")
            json.member("faultstring", Self.bounded(fault.message))
            json.member("debuginfo", String?.none)
        }
        var json = JSONWriter()
        json.object { json in json.member("error_message", String(decoding: inner.bytes, as: UTF8.self)) }
        return ("application/json", json.bytes)
    }

    /// Truncates a message that repeats what was sent.
    private static func bounded(_ message: String) -> String {
        message.utf8.count <= 1000
            ? message : "\(String(String.UnicodeScalarView(message.unicodeScalars.prefix(1000))))…"
    }

    private static let minimumHeader = HTTPField.Name.constant("OpenStack-API-Minimum-Version")
    private static let maximumHeader = HTTPField.Name.constant("OpenStack-API-Maximum-Version")
}
