import API
import HTTPTypes
import Model

/// Conventions as Compute has them: two headers for the version, an error named by its status, and 401 in other words.
struct PlayedComputeFamily: APIFamily {
    let serviceType = "compute"
    let minimum = Microversion(2, 1)
    let maximum = Microversion(2, 104)
    private static let legacy = HTTPField.Name("X-OpenStack-Nova-API-Version")
    private let headers = VersionHeaders(serviceType: "compute", legacy: Self.legacy)

    func versionText(in fields: HTTPFields) -> String? { headers.text(in: fields) }

    func version(asked fields: HTTPFields, path: String) throws(Fault) -> Microversion {
        guard let text = versionText(in: fields) else { return minimum }
        if text == "latest" { return maximum }
        guard let version = Microversion(text) else {
            throw .badRequest("API Version String '\(text.prefix(40))' is of invalid format; it must be 2.N.")
        }
        guard minimum <= version, version <= maximum else {
            throw Fault(
                .notAcceptable, "Version \(version) is not supported by the API. It has \(minimum) to \(maximum).")
        }
        return version
    }

    func headers(_ context: WireContext, status: Int) -> HTTPFields {
        guard status != 401, let version = context.version ?? context.refused else { return [:] }
        return headers.fields(version)
    }

    var faultSchema: Schema {
        let error = ObjectSchema([
            .init("code", .integer), .init("message", .string), .init("title", .string, required: false),
        ])
        return .object(ObjectSchema([], others: .each(keyPattern: nil, .object(error)), minProperties: 1))
    }

    func envelope(_ fault: Fault, _ context: WireContext) -> (contentType: String, bytes: [UInt8]) {
        var json = JSONWriter()
        json.object { json in
            json.member(Self.names[fault.kind.status] ?? "computeFault") { json in
                json.object { json in
                    json.member("code", fault.kind.status)
                    json.member("message", fault.message)
                    if fault.kind == .unauthorized { json.member("title", fault.kind.title) }
                }
            }
        }
        return ("application/json; charset=UTF-8", json.bytes)
    }

    private static let names = [
        400: "badRequest", 401: "error", 403: "forbidden", 404: "itemNotFound", 405: "badMethod",
        409: "conflictingRequest", 413: "overLimit", 415: "badMediaType",
    ]
}
