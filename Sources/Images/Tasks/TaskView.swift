import API
import Conventions
import Model

/// A task on the wire, beside its image.
struct ImageTaskView: Codable, Sendable {
    let id: String
    let type: String
    let status: String
    @OrNull var owner: String?
    @OrNull var expires: String?
    let created: String
    let updated: String
    @OrNull var deletedAt: String?
    let deleted: Bool
    @OrNull var image: String?
    @OrNull var request: String?
    @OrNull var user: String?
    let input: JSONDocument
    @OrNull var result: JSONDocument?
    let message: String

    enum CodingKeys: String, CodingKey {
        case id, type, status, owner, deleted, input, result, message
        case expires = "expires_at"
        case created = "created_at"
        case updated = "updated_at"
        case deletedAt = "deleted_at"
        case image = "image_id"
        case request = "request_id"
        case user = "user_id"
    }

    init(_ task: ImageTask) throws(Fault) {
        id = task.id.description
        type = task.kind.rawValue
        status = task.status.rawValue
        owner = task.owner?.text
        expires = task.expires?.isoMicroseconds
        created = task.created.isoMicroseconds
        updated = task.updated.isoMicroseconds
        deletedAt = nil
        deleted = false
        image = task.image?.description
        request = task.request?.text
        user = task.user?.text
        input = try JSONDocument(stored: task.input)
        result = task.result
        message = task.message
    }
}

/// The tasks of one image.
struct ImageTaskListView: Codable, Sendable {
    let tasks: [ImageTaskView]
}

/// A task on the wire, in the API of tasks.
struct TaskView: Codable, Sendable {
    let id: String
    let type: String
    let status: String
    @OrNull var owner: String?
    let expires: String?
    let created: String
    let updated: String
    @OrNull var image: String?
    @OrNull var request: String?
    @OrNull var user: String?
    let input: JSONDocument
    @OrNull var result: JSONDocument?
    let message: String
    let address: String
    let schema: String

    enum CodingKeys: String, CodingKey {
        case id, type, status, owner, input, result, message, schema
        case expires = "expires_at"
        case created = "created_at"
        case updated = "updated_at"
        case image = "image_id"
        case request = "request_id"
        case user = "user_id"
        case address = "self"
    }

    init(_ task: ImageTask) throws(Fault) {
        id = task.id.description
        type = task.kind.rawValue
        status = task.status.rawValue
        owner = task.owner?.text
        expires = task.expires?.wire
        created = task.created.wire
        updated = task.updated.wire
        image = task.image?.description
        request = task.request?.text
        user = task.user?.text
        input = try JSONDocument(stored: task.input)
        result = task.result
        message = task.message
        address = "/v2/tasks/\(task.id)"
        schema = "/v2/schemas/task"
    }
}

/// A task in a list.
struct TaskSummaryView: Codable, Sendable {
    let id: String
    let type: String
    let status: String
    @OrNull var owner: String?
    let expires: String?
    let created: String
    let updated: String
    let address: String
    let schema: String

    enum CodingKeys: String, CodingKey {
        case id, type, status, owner, schema
        case expires = "expires_at"
        case created = "created_at"
        case updated = "updated_at"
        case address = "self"
    }

    init(_ task: ImageTask) {
        id = task.id.description
        type = task.kind.rawValue
        status = task.status.rawValue
        owner = task.owner?.text
        expires = task.expires?.wire
        created = task.created.wire
        updated = task.updated.wire
        address = "/v2/tasks/\(task.id)"
        schema = "/v2/schemas/task"
    }
}

struct TaskListView: Codable, Sendable {
    let tasks: [TaskSummaryView]
    let first: String
    let schema: String
    let next: String?
}

extension ImageTask {
    /// What older clients read the new image's id from.
    fileprivate var result: JSONDocument? {
        guard kind == .legacy, status == .success, let image else { return nil }
        return JSONDocument(.object([.init("image_id", .text(image.description))]))
    }
}

/// A JSON document of any form.
struct JSONDocument: Codable, Sendable, SchemaProviding {
    let value: JSONValue

    static let schema = Schema.any

    init(_ value: JSONValue) {
        self.value = value
    }

    init(stored text: String) throws(Fault) {
        value = try JSONValue(json: Array(text.utf8))
    }

    init(from decoder: any Decoder) throws {
        value = try JSONValue(from: decoder)
    }

    func encode(to encoder: any Encoder) throws {
        try value.encode(to: encoder)
    }
}
