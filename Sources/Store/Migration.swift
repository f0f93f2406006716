/// One numbered step of one room's schema: plain SQL, applied in one transaction, recorded with its checksum.
///
/// Written in the common dialect: column types `TEXT`, `BIGINT`, `DOUBLE PRECISION`, `BLOB`. The runner maps them to
/// the engine's names and makes SQLite's tables `STRICT`. Additive only between two releases, so that replicas of
/// both run side by side. A migration that has been released is never edited.
public struct Migration: Sendable {
    /// The room to which it belongs: `identity`, `placement`, `accelerators`, `workflows`, `link`.
    public let room: String
    /// Counts from 1 within the room, without gaps.
    public let number: Int
    public let title: String
    /// Statements in order, one string each.
    public let statements: [String]
    /// Statements for only one of the engines, after the common statements.
    public let sqlite: [String]
    public let postgresql: [String]

    public init(
        room: String, number: Int, title: String, statements: [String], sqlite: [String] = [],
        postgresql: [String] = []
    ) {
        self.sqlite = sqlite
        self.postgresql = postgresql
        self.room = room
        self.number = number
        self.title = title
        self.statements = statements
    }
}
