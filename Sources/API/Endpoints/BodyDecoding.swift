import FoundationEssentials
public import Model

/// A body that is created directly from the validated JSON value, for frequent requests, because decoding costs many
/// times as much.
public protocol BodyReadable {
    init(body: JSONValue) throws(Fault)
}

extension JSONValue: BodyReadable {
    public init(body: JSONValue) { self = body }
}

/// Decodes a body that conforms to its schema from `value`. A remaining error names the place.
func decodeBody<Body: Decodable>(
    _ type: Body.Type, from bytes: [UInt8], _ value: JSONValue
) throws(Fault) -> Body {
    if let readable = Body.self as? any BodyReadable.Type, let body = try readable.init(body: value) as? Body {
        return body
    }
    return try decodeBody(type, from: Data(bytes))
}

/// Decodes a part of a body that has passed its schema.
func decodeBody<Body: Decodable>(_ type: Body.Type, from value: JSONValue) throws(Fault) -> Body {
    if let readable = Body.self as? any BodyReadable.Type, let body = try readable.init(body: value) as? Body {
        return body
    }
    var writer = JSONWriter()
    writer.value(value)
    return try decodeBody(type, from: Data(writer.bytes))
}

private func decodeBody<Body: Decodable>(_ type: Body.Type, from data: Data) throws(Fault) -> Body {
    do {
        return try JSONDecoder().decode(Body.self, from: data)
    } catch let error as DecodingError {
        throw Fault(error)
    } catch let fault as Fault {
        throw fault
    } catch {
        throw .badRequest("The request body could not be read as JSON.")
    }
}

extension Fault {
    /// What was wrong with a body, in a sentence that names the place.
    init(_ error: DecodingError) {
        func place(_ context: DecodingError.Context) -> String {
            var path = ""
            for key in context.codingPath {
                if let index = key.intValue {
                    path += "[\(index)]"
                } else {
                    path += (path.isEmpty ? "" : ".") + key.stringValue
                }
            }
            return path
        }
        switch error {
        case .keyNotFound(let key, let context):
            let path = place(context)
            let field = path.isEmpty ? key.stringValue : "\(path).\(key.stringValue)"
            self = .badRequest("'\(field)' is a required property", field: field)
        case .valueNotFound(_, let context):
            self = .badRequest("'\(place(context))' must not be null", field: place(context))
        case .typeMismatch(_, let context), .dataCorrupted(let context):
            let field = place(context)
            self = .badRequest(
                field.isEmpty ? context.debugDescription : "'\(field)': \(context.debugDescription)",
                field: field.isEmpty ? nil : field)
        @unknown default:
            self = .badRequest("The request body is not of the expected form.")
        }
    }
}
