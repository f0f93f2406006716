/// What is left to do once a transaction is committed: memory that follows the database hears of it. Where it is forgotten, or the process
/// ends before, the change feed says the same a little later.
public struct AfterCommit: Sendable {
    private let body: @Sendable () async -> Void

    public init(_ body: @escaping @Sendable () async -> Void) {
        self.body = body
    }

    public func run() async { await body() }
}
