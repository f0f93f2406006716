import NIOCore
import Synchronization

/// What is being made for which connection, so that it is given up when the client leaves.
final class OpenRequests: Sendable {
    private let tasks = Mutex<[ObjectIdentifier: Task<APIResponse, Never>]>([:])

    /// Runs `body` in a task of its own, which is cancelled when the connection ends or the caller is.
    ///
    /// A task keeps the most stack that it ever needed, and a connection's task lives as long as the connection: what a
    /// request needs belongs to the one that ends here.
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

    /// The connection is no more.
    func leave(_ channel: any Channel) {
        tasks.withLock { $0[ObjectIdentifier(channel)] }?.cancel()
    }
}
