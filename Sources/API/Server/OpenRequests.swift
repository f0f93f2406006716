import NIOCore
import Synchronization

/// The responses in progress by connection, so that they are cancelled when the client disconnects.
final class OpenRequests: Sendable {
    private let tasks = Mutex<[ObjectIdentifier: Task<APIResponse, Never>]>([:])

    /// Runs `body` in a separate task, which is cancelled when the connection ends or the caller is cancelled.
    ///
    /// A task keeps the largest stack that it ever needed, and a connection's task lives as long as the connection. So
    /// a request's stack belongs to a task that ends with the request.
    func run(
        for channel: any Channel, _ body: @escaping @Sendable () async -> APIResponse
    ) async -> APIResponse {
        let key = ObjectIdentifier(channel)
        let task = tasks.withLock { tasks in
            // Under the lock, so that a connection that ends now finds it.
            let task = Task { await body() }
            tasks[key] = task
            return task
        }
        if !channel.isActive { task.cancel() }
        defer { _ = tasks.withLock { $0.removeValue(forKey: key) } }
        return await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
    }

    /// Records the end of the connection.
    func leave(_ channel: any Channel) {
        tasks.withLock { $0[ObjectIdentifier(channel)] }?.cancel()
    }
}
