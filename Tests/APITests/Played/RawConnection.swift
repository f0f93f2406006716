import Foundation

/// A connection on which a test writes what no client library would. Its calls block, so tests call them on `run`'s thread.
final class RawConnection: Sendable {
    private let socket: Int32

    /// Safe: an IPv4 address is read as what it is, with its true size.
    init(port: Int) throws {
        socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let isConnected = unsafe withUnsafePointer(to: address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe connect(socket, pointer, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { throw CocoaError(.fileReadUnknown) }
    }

    deinit { close(socket) }

    func send(_ text: String) {
        send(Array(text.utf8)[...])
    }

    /// How many of the bytes left: fewer where the other side takes none for as long as `patience` bounds.
    ///
    /// Safe: the system gets the buffer with its true size and keeps no pointer.
    @discardableResult
    func send(_ bytes: ArraySlice<UInt8>) -> Int {
        var rest = bytes
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { bytes in
                unsafe Foundation.send(socket, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { break }
            rest = rest.dropFirst(count)
        }
        return bytes.count - rest.count
    }

    /// From now on `send` gives up when nothing was taken for so long; 0 never does.
    ///
    /// Safe: the system copies a value of its true size.
    func patience(milliseconds: Int) {
        var span = timeval(tv_sec: 0, tv_usec: milliseconds * 1000)
        unsafe setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &span, socklen_t(MemoryLayout<timeval>.size))
    }

    /// Says that nothing more comes, and goes on reading.
    func finishSending() { _ = shutdown(socket, Int32(SHUT_WR)) }

    /// Everything until the other side closes, or breaks off.
    ///
    /// Safe: the system gets the buffer with its true size.
    func readToEnd() -> String {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe recv(socket, &buffer, buffer.count, 0)
            guard count > 0 else { return String(decoding: all, as: UTF8.self) }
            all += buffer[..<count]
        }
    }

    /// Bytes until `text` has come, or the end.
    ///
    /// Safe: the system gets one byte and is told so.
    func read(until text: String) -> String {
        var all: [UInt8] = []
        var byte: UInt8 = 0
        while unsafe recv(socket, &byte, 1, 0) == 1 {
            all.append(byte)
            if String(decoding: all, as: UTF8.self).hasSuffix(text) { break }
        }
        return String(decoding: all, as: UTF8.self)
    }

    /// Runs blocking work away from the cooperative pool.
    static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            Thread { continuation.resume(with: Result { try body() }) }.start()
        }
    }
}
