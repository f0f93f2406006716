import API
import Model

/// An entry of the program call's body, in the manner of JSON Patch (RFC 6902).
struct ProgramOperation: Codable, Sendable, SchemaProviding {
    let path: String
    let operation: String
    let value: [Image]?

    struct Image: Codable, Sendable {
        let imageUUID: String

        enum CodingKeys: String, CodingKey {
            case imageUUID = "image_uuid"
        }
    }

    enum CodingKeys: String, CodingKey {
        case path, value
        case operation = "op"
    }

    static let schema = Schema.object(
        ObjectSchema(
            [
                .init("path", .string),
                .init("op", .oneOfTexts(["add", "replace", "remove"])),
                .init(
                    "value",
                    .array(
                        of: .object(ObjectSchema([.init("image_uuid", .uuid)], others: .ignored)),
                        minItems: 1, maxItems: 1, unique: false), required: false),
            ], others: .ignored))

    /// The one image that `operations` ask for.
    static func image(_ operations: [ProgramOperation]) throws(Fault) -> ImageID {
        guard operations.count == 1, let operation = operations.first else {
            throw .badRequest("The body must hold exactly one operation; it holds \(operations.count).")
        }
        guard ["add", "replace", "remove"].contains(operation.operation) else {
            throw .badRequest(
                "'op' must be add, replace or remove, not '\(operation.operation.shown)'.", field: "[0].op")
        }
        guard operation.path == "/program" || operation.path == "/bitstream_id" else {
            throw .badRequest("'path' must be /program, not '\(operation.path.shown)'.", field: "[0].path")
        }
        guard let value = operation.value?.first else {
            throw .badRequest("The operation needs a 'value' with an 'image_uuid'.", field: "[0].value")
        }
        guard let image = ImageID(value.imageUUID) else {
            throw .badRequest(
                "'\(value.imageUUID.shown)' is not a UUID, which 'image_uuid' must be.",
                field: "[0].value[0].image_uuid")
        }
        return image
    }
}
