import Dispatch

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Tells when devices of this machine came, went or changed: the kernel's uevents, which any user may hear.
///
/// An event only means that it is worth looking again; what there is, sysfs says. So nothing is lost when events are: where
/// the buffer overflowed, or in a container that hears none, the next interval finds it. The times of sysfs' folders would be
/// no help, for the kernel does not keep them.
final class KernelEvents: Sendable {
    /// At most one waits to be taken.
    let changes: AsyncStream<Void>
    private let end: @Sendable () -> Void

    /// Nil where the system offers no such events.
    static func open() -> KernelEvents? {
        #if os(Linux)
            // AF_NETLINK, SOCK_DGRAM with SOCK_CLOEXEC and SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT.
            let descriptor = socket(16, 2 | 0o2_000_000 | 0o4000, 15)
            guard descriptor >= 0 else { return nil }
            // A `sockaddr_nl`: the family, two bytes of padding, port 0 for one that the kernel chooses, group 1 of the kernel's
            // own events. Its header is not among the C library's modules.
            let address: [UInt32] = [UInt32(UInt16(16).littleEndian), 0, 1]
            let isBound = unsafe address.withUnsafeBytes { bytes in
                guard let start = bytes.baseAddress else { return false }
                // The array outlives the call, which reads its twelve bytes.
                return unsafe bind(descriptor, start.assumingMemoryBound(to: sockaddr.self), 12) == 0
            }
            guard isBound else {
                close(descriptor)
                return nil
            }
            return KernelEvents(descriptor: descriptor)
        #else
            return nil
        #endif
    }

    /// Listens on a socket of datagrams, and closes it in the end.
    init(descriptor: Int32) {
        let (changes, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let source = DispatchSource.makeReadSource(
            fileDescriptor: descriptor, queue: DispatchQueue(label: "kilonova.agent.events"))
        source.setEventHandler {
            if Self.drain(descriptor) { continuation.yield() }
        }
        source.setCancelHandler {
            close(descriptor)
            continuation.finish()
        }
        self.changes = changes
        // A source may be cancelled from any thread.
        nonisolated(unsafe) let cancellable = source
        end = { unsafe cancellable.cancel() }
        continuation.onTermination = { [end] _ in end() }
        source.activate()
    }

    deinit {
        end()
    }

    /// Takes every message that waits; whether one of them concerns devices.
    private static func drain(_ descriptor: Int32) -> Bool {
        var isWorthALook = false
        // Bounded, so that a storm of events is seen before it ends.
        for _ in 0..<1024 {
            var failure: Int32 = 0
            // The kernel's messages are at most 2 KiB of environment and a path.
            let message = unsafe [UInt8](unsafeUninitializedCapacity: 8192) { buffer, count in
                let length = unsafe recv(descriptor, buffer.baseAddress, buffer.count, Int32(0x40))
                if length < 0 { failure = errno }
                count = max(0, length)
            }
            if failure == EAGAIN || failure == EINTR { return isWorthALook }
            // Events were lost: it is worth a look in any case.
            if failure != 0 { return true }
            if message.isEmpty { return isWorthALook }
            if KernelEvent(message)?.concernsDevices == true { isWorthALook = true }
        }
        return isWorthALook
    }
}
