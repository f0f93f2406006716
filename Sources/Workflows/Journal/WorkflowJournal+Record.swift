public import Model
public import Store

extension WorkflowJournal {
    /// What the journal holds of a workflow; nil where there is none, or it ended longer ago than ended ones are kept.
    public func record(of id: WorkflowID, in transaction: any Transaction) throws -> WorkflowRecord? {
        var steps = try transaction.all(
            """
            SELECT name, attempts, note, began_at, ended_at, undo_attempts, undo_note, undo_began_at, undo_ended_at
            FROM workflow_steps WHERE workflow = \(id) ORDER BY position
            """
        ) { row in
            let forward = WorkflowRecord.Try(
                began: try row[3], ended: try row[4], attempts: try row[1], reason: try row[2])
            let undoAttempts: Int? = try row[5]
            let undo = try undoAttempts.map { attempts in
                WorkflowRecord.Try(began: try row[7], ended: try row[8], attempts: attempts, reason: try row[6])
            }
            let isKnown = forward.began != nil || forward.attempts > 0
            return WorkflowRecord.Step(name: try row[0], forward: isKnown ? forward : nil, undo: undo)
        }
        return try transaction.first(
            """
            SELECT definition, subject, state, failure, behalf_user, behalf_project, behalf_request, created_at, step,
                step_began_at, attempts, trouble FROM workflows WHERE id = \(id)
            """
        ) { row in
            let state: WorkflowRecord.State = try row.word(2)
            let step: String? = try row[8]
            if let step, state == .running || state == .undoing {
                let now = WorkflowRecord.Try(
                    began: try row[9], ended: nil, attempts: try row[10], reason: try row[11])
                if state == .running {
                    steps.append(WorkflowRecord.Step(name: step, forward: now))
                } else if let place = steps.firstIndex(where: { $0.name == step }) {
                    steps[place].undo = now
                }
            }
            return WorkflowRecord(
                id: id, kind: try row[0], subject: try row[1], state: state, failure: try row[3],
                behalf: WorkflowBehalf(user: try row[4], project: try row[5], request: try row[6]),
                created: try row[7], steps: steps)
        }
    }
}
