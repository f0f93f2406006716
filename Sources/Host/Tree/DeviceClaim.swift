/// An exclusive claim on a block device. While it exists, the kernel lets nobody mount the device, use it for swap or
/// build on it.
public final class DeviceClaim: Sendable {
    private let release: @Sendable () -> Void

    public init(_ release: @escaping @Sendable () -> Void = {}) {
        self.release = release
    }

    deinit { release() }
}
