/// A line of the stream that is no desired state: it tells what became of the oldest heartbeat that was not answered, or that the
/// stream ends.
///
/// On the wire an object with `note`; of a refusal also `status`, `title` and `detail`, as in the body of an error.
public struct StreamNote: Sendable, Codable, Equatable {
    /// Agents ignore notes that they do not know.
    public var note: String
    public var status: Int?
    public var title: String?
    public var detail: String?

    private init(_ note: String) {
        self.note = note
    }

    public static let heardName = "heard"
    public static let refusedName = "refused"
    public static let overName = "over"

    /// The heartbeat was taken.
    public static let heard = StreamNote(heardName)
    /// The control plane has nothing more to say; the agent ends its side.
    public static let over = StreamNote(overName)

    /// The heartbeat was not taken.
    public static func refused(status: Int, title: String, detail: String) -> StreamNote {
        var note = StreamNote(refusedName)
        note.status = status
        note.title = title
        note.detail = detail
        return note
    }
}
