import API
import Conventions
import Model
import Store

enum ImageTaskKind {}
typealias ImageTaskID = UniqueID<ImageTaskKind>

/// Work on an image that goes on after its request was answered, as clients follow it.
struct ImageTask: Sendable, Equatable {
    enum Kind: String, Sendable {
        case imported = "api_image_import"
        case located = "location_import"
        /// By the API of tasks: the image is made with it.
        case legacy = "import"
    }

    let id: ImageTaskID
    let image: ImageID?
    let kind: Kind
    private(set) var status: TaskStatus
    let owner: ProjectID?
    let user: UserID?
    let request: RequestID?
    /// What was asked for, as JSON.
    let input: String
    /// Why it failed; empty while it did not.
    private(set) var message: String
    let created: Timestamp
    private(set) var updated: Timestamp
    /// When it is forgotten; nil while it goes on.
    private(set) var expires: Timestamp?

    /// How long a task that has ended is kept.
    private static let age = Duration.seconds(48 * 3600)

    static let columns: SQL = """
        t.id, t.image, t.type, t.status, t.owner, t.task_user, t.request, t.input, t.message, t.created_at, t.updated_at,
        t.expires_at
        """

    init(id: ImageTaskID, of image: ImageID, _ kind: Kind, input: String, call: Call, at now: Timestamp) {
        self.id = id
        self.image = image
        self.kind = kind
        self.input = input
        status = .pending
        owner = call.caller.project
        user = call.caller.user
        request = call.requestID
        message = ""
        created = now
        updated = now
        expires = nil
    }

    init(_ row: borrowing Row) throws {
        id = try row[0]
        image = try row[1]
        kind = try row.word(2)
        status = try row.word(3)
        owner = try row[4]
        user = try row[5]
        request = try row[6]
        input = try row[7]
        message = try row[8]
        created = try row[9]
        updated = try row[10]
        expires = try row[11]
    }

    /// False where the task has ended, or has not begun.
    mutating func apply(_ event: TaskStatus.Event, because reason: String = "", at now: Timestamp) -> Bool {
        guard let next = status.after(event) else { return false }
        status = next
        message = reason
        updated = now
        if next == .success || next == .failure { expires = now + Self.age }
        return true
    }
}
