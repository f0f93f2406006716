import Synchronization

/// Notifies the caches of this process that something in Identity changed.
final class IdentityChanges: Sendable {
    private let listeners = Mutex<[@Sendable () -> Void]>([])

    func listen(_ listener: @escaping @Sendable () -> Void) {
        listeners.withLock { $0.append(listener) }
    }

    func announce() {
        for listener in listeners.withLock({ $0 }) { listener() }
    }
}
