public import Model
public import Store

/// Starts, signals and cancels workflows in the caller's transaction, so that a workflow exists exactly when the data does that
/// wants it. Needs no engine: any replica's engine takes up what any replica wrote.
public struct WorkflowJournal: Sendable {
    private let hint: @Sendable () -> Void

    init(hint: @escaping @Sendable () -> Void) {
        self.hint = hint
    }

    /// A journal without an engine beside it.
    package static let detached = WorkflowJournal(hint: {})

    /// Writes the workflow down; it begins soon after the transaction's commit.
    ///
    /// Throws 409 where another one of its kind's lock class is open about the subject; the message names it.
    ///
    /// - Parameters:
    ///   - subject: what it is about, for people and for locks; a kind with a lock class needs one
    ///   - deadline: in place of the kind's
    public func start<Input>(
        _ kind: WorkflowType<Input>, id: WorkflowID, subject: String? = nil, input: Input,
        deadline: Timestamp? = nil, on behalf: WorkflowBehalf, at now: Timestamp, in transaction: any Transaction
    ) throws {
        let text = try JournalText.encode(input)
        let deadline = deadline ?? kind.deadline.map { now + $0 }
        if kind.lock != nil, subject == nil {
            throw Fault.internalError("a workflow \(kind.name) needs a subject, for it excludes others about it")
        }
        let started = try transaction.execute(
            """
            INSERT INTO workflows (id, definition, subject, input, state, position, attempts, wakes, due_at,
                deadline_at, lease_until, fence, created_at, updated_at, lock_class, behalf_user, behalf_project,
                behalf_request)
            VALUES (\(id), \(kind.name), \(subject), \(text), 'running', 0, 0, 0, \(now),
                \(deadline), 0, 0, \(now), \(now), \(kind.lock?.name), \(behalf.user), \(behalf.project),
                \(behalf.request))
            ON CONFLICT DO NOTHING
            """)
        guard started == 1 else { throw try conflict(kind, id, subject, in: transaction) }
        hint()
    }

    /// Has a workflow look anew at what it waits for. One that ended, or is not there, is left alone.
    public func wake(_ id: WorkflowID, at now: Timestamp, in transaction: any Transaction) throws {
        if try wake("id = \(id)", at: now, in: transaction) { hint() }
    }

    /// Tells a workflow that something happened outside, and wakes it.
    ///
    /// Each signal is delivered once, in the order of a name. One to a workflow that is not there yet waits for it; one to a
    /// workflow that ended is ignored. What nobody takes goes when the workflow has ended, or after `Pace.signals`.
    public func signal<Payload>(
        _ signal: WorkflowSignal<Payload>, _ payload: Payload, to address: WorkflowAddress, at now: Timestamp,
        in transaction: any Transaction
    ) throws {
        let text = try signal.text(of: payload)
        switch address {
        case .workflow(let id):
            if try wake("id = \(id)", at: now, in: transaction) {
                try SignalBook.put(signal.name, text, toOpen: id, at: now, in: transaction)
            } else if try !transaction.exists("SELECT 1 FROM workflows WHERE id = \(id)") {
                try SignalBook.put(signal.name, text, to: address, at: now, in: transaction)
            }
        case .subject(let subject, let lock):
            _ = try wake("subject = \(subject) AND lock_class = \(lock.name)", at: now, in: transaction)
            try SignalBook.put(signal.name, text, to: address, at: now, in: transaction)
        }
        hint()
    }

    /// Asks that a workflow turns back: what was done is undone, beginning with the step that it is at.
    ///
    /// - Parameter reason: becomes the workflow's failure; a user may read it
    public func cancel(
        _ id: WorkflowID, because reason: String, at now: Timestamp, in transaction: any Transaction
    ) throws -> Cancellation {
        let asked = try transaction.execute(
            """
            UPDATE workflows SET cancel_reason = COALESCE(cancel_reason, \(reason)), wakes = wakes + 1, due_at = \(now)
            WHERE id = \(id) AND state = 'running' AND pivot IS NULL
            """)
        if asked == 1 {
            hint()
            return .accepted
        }
        let found: Cancellation? = try transaction.first("SELECT state, pivot FROM workflows WHERE id = \(id)") { row in
            let pivot: String? = try row[1]
            return switch try row.word(0, WorkflowProgress.State.self) {
            case .running: .refused(pivot: pivot ?? "")
            case .undoing: .undoing
            case .done, .undone: .ended
            }
        }
        return found ?? .unknown
    }

    private func wake(_ which: SQL, at now: Timestamp, in transaction: any Transaction) throws -> Bool {
        try transaction.execute(
            """
            UPDATE workflows SET wakes = wakes + 1, due_at = \(now)
            WHERE \(which) AND state IN ('running', 'undoing')
            """) == 1
    }

    private func conflict<Input>(
        _ kind: WorkflowType<Input>, _ id: WorkflowID, _ subject: String?, in transaction: any Transaction
    ) throws -> Fault {
        guard let lock = kind.lock, let subject else {
            return .internalError("a workflow \(id) is there already")
        }
        let open: (id: WorkflowID, kind: String)? = try transaction.first(
            """
            SELECT id, definition FROM workflows
            WHERE subject = \(subject) AND lock_class = \(lock.name) AND state IN ('running', 'undoing')
            """
        ) { row in (try row[0], try row[1]) }
        guard let open else { return .internalError("a workflow \(id) is there already") }
        return .conflict(
            "'\(kind.name)' cannot begin on \(subject) while '\(open.kind)' (workflow \(open.id)) is not ended; "
                + "wait until it has ended, or cancel it.")
    }
}
