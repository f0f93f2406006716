/// A block device that its holder has to himself: while it lives the kernel lets nobody mount it, swap to it or build on it.
public final class DeviceClaim: Sendable {
    private let release: @Sendable () -> Void

    public init(_ release: @escaping @Sendable () -> Void = {}) {
        self.release = release
    }

    deinit { release() }
}
