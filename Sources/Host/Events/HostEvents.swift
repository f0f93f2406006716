import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The kernel's messages about devices, as they come: a hint that the host should be looked at again, never the truth itself.
/// Messages are lost when they come faster than they are read; a full pass from time to time makes up for it.
///
/// Safe: the kernel gets each buffer with its true size, and the message is taken only as far as the kernel filled it.
public enum HostEvents {
    /// Messages of interest. The stream ends when its reader is gone. Throws if the system provides no such socket, as
    /// in some containers.
    public static func stream() throws(ControlFault) -> AsyncStream<HostEvent> {
        #if os(Linux)
            // Netlink, family 16; protocol 15 carries the events of the device tree; its group 1 is the kernel itself.
            let descriptor = socket(16, Int32(SOCK_DGRAM.rawValue) | 0o2000000 | 0o4000, 15)
            guard descriptor >= 0 else { throw ControlFault("The kernel gives no device events (error \(errno)).") }
            var size: Int32 = 1 << 20
            _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, 4)
            // Family, padding, our address (the kernel picks one), groups.
            let address: [UInt8] = [16, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0]
            let bound = unsafe address.withUnsafeBytes { bytes in
                unsafe bytes.bindMemory(to: sockaddr.self).baseAddress.map { unsafe bind(descriptor, $0, 12) } ?? -1
            }
            guard bound == 0 else {
                let number = errno
                close(descriptor)
                throw ControlFault("The kernel gives no device events (error \(number)).")
            }
            let (stream, continuation) = AsyncStream<HostEvent>.makeStream(bufferingPolicy: .bufferingNewest(256))
            let isWanted = Wanted()
            continuation.onTermination = { _ in isWanted.end() }
            DispatchQueue(label: "kilonova.events").async {
                while isWanted.value {
                    // Looks up twice a second, for nothing wakes it when its reader goes away.
                    var waits = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)]
                    guard unsafe poll(&waits, 1, 500) > 0 else { continue }
                    while let message = receive(descriptor) {
                        if let event = HostEvent(message), event.isOfInterest { continuation.yield(event) }
                    }
                }
                close(descriptor)
            }
            return stream
        #else
            throw ControlFault("This system gives no device events.")
        #endif
    }

    #if os(Linux)
        /// Whether the stream still has a reader.
        private final class Wanted: Sendable {
            private let flag = Atomic(true)
            var value: Bool { flag.load(ordering: .relaxed) }
            func end() { flag.store(false, ordering: .relaxed) }
        }

        private static func receive(_ descriptor: Int32) -> [UInt8]? {
            let message = unsafe [UInt8](unsafeUninitializedCapacity: 16384) { buffer, count in
                count = max(0, unsafe recv(descriptor, buffer.baseAddress, 16384, 0))
            }
            return message.isEmpty ? nil : message
        }
    #endif
}
