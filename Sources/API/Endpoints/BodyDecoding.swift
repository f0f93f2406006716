import FoundationEssentials
import Model

/// Decodes a body that has passed its schema; what still fails names the place.
func decodeBody<Body: Decodable>(_ type: Body.Type, from bytes: [UInt8]) throws(Fault) -> Body {
    // As the validator read it, the last of repeated names included.
    if Body.self == JSONValue.self, let value = try JSONParser.parse(bytes) as? Body { return value }
    do {
        return try JSONDecoder().decode(Body.self, from: Data(bytes))
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
