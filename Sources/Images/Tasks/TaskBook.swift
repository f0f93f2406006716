import Model
import Store

/// Reads and writes tasks, inside the caller's transaction.
enum TaskBook {
    static func insert(_ task: ImageTask, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO image_tasks (id, image, type, status, owner, task_user, request, input, message, created_at,
                updated_at, expires_at)
            VALUES (\(task.id), \(task.image), \(task.kind.rawValue), \(task.status.rawValue), \(task.owner),
                \(task.user), \(task.request), \(task.input), \(task.message), \(task.created), \(task.updated),
                \(task.expires))
            """)
    }

    /// Tells a task what happened; a task that has ended, or is not there, is left alone.
    static func apply(
        _ event: TaskStatus.Event, to id: ImageTaskID, because reason: String = "", at now: Timestamp,
        in transaction: any Transaction
    ) throws {
        guard var task = try find(id, in: transaction), task.apply(event, because: reason, at: now) else { return }
        try transaction.execute(
            """
            UPDATE image_tasks SET status = \(task.status.rawValue), message = \(task.message),
                updated_at = \(task.updated), expires_at = \(task.expires)
            WHERE id = \(id)
            """)
    }

    static func find(_ id: ImageTaskID, in transaction: any Transaction) throws -> ImageTask? {
        try transaction.first("SELECT \(ImageTask.columns) FROM image_tasks t WHERE t.id = \(id)") { row in
            try ImageTask(row)
        }
    }

    /// Of an image, the newest first.
    static func of(_ image: ImageID, most: Int, in transaction: any Transaction) throws -> [ImageTask] {
        try transaction.all(
            """
            SELECT \(ImageTask.columns) FROM image_tasks t WHERE t.image = \(image)
            ORDER BY t.created_at DESC, t.id DESC LIMIT \(most)
            """
        ) { row in try ImageTask(row) }
    }

    /// Tasks behind `marker`.
    static func list(
        _ conditions: SQL, in sort: TaskSort, after marker: ImageTask?, most: Int, _ transaction: any Transaction
    ) throws -> [ImageTask] {
        let behind: SQL = marker.map { sort.after($0) } ?? "1 = 1"
        return try transaction.all(
            """
            SELECT \(ImageTask.columns) FROM image_tasks t WHERE \(conditions) AND \(behind)\(sort.order) LIMIT \(most)
            """
        ) { row in try ImageTask(row) }
    }

    /// Forgets tasks that ended long ago.
    static func prune(at now: Timestamp, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            DELETE FROM image_tasks WHERE id IN (
                SELECT id FROM image_tasks WHERE expires_at < \(now) ORDER BY expires_at LIMIT 1000)
            """)
    }
}
