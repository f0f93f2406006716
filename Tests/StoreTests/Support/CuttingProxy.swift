import Foundation
import Synchronization

/// Stands between a store and the server, and cuts the wire around a `COMMIT`.
final class CuttingProxy: Sendable {
    enum Cut {
        /// The server never hears of it.
        case beforeCommit
        /// The server did it, its answer is swallowed.
        case afterCommit
    }

    private struct State {
        var cut: Cut?
        var cuts = 0
        var isClosed = false
    }

    private let state = Mutex(State())
    private let listener: Int32
    private let server: String
    private let folder: URL

    /// `server` is the path of the server's socket. Listens on another one of the same name.
    ///
    /// Safe: the address is lent for the call only.
    init(before server: String) throws {
        self.server = server
        folder = FileManager.default.temporaryDirectory.appending(path: "kn-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let path = folder.appending(path: URL(fileURLWithPath: server).lastPathComponent).path
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        let isBound = unsafe Self.withAddress(path) { address, length in
            unsafe bind(listener, address, length) == 0 && listen(listener, 16) == 0
        }
        guard isBound else { throw CocoaError(.fileWriteUnknown) }
        Thread { self.serve() }.start()
    }

    var directory: String { folder.path }
    /// How often the wire was cut.
    var cuts: Int { state.withLock { $0.cuts } }

    /// Cuts at the next commit, once.
    func cut(_ cut: Cut) { state.withLock { $0.cut = cut } }

    func close() {
        state.withLock { $0.isClosed = true }
        shutdown(listener, Int32(SHUT_RDWR))
        Foundation.close(listener)
        try? FileManager.default.removeItem(at: folder)
    }

    /// Safe: the address is lent for the call only.
    private func serve() {
        while true {
            let client = accept(listener, nil, nil)
            guard client >= 0 else { return }
            let upstream = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            let isConnected = unsafe Self.withAddress(server) { address, length in
                unsafe connect(upstream, address, length) == 0
            }
            guard isConnected else {
                Foundation.close(client)
                Foundation.close(upstream)
                continue
            }
            let wire = Wire(client: client, upstream: upstream)
            Thread { self.forward(wire) }.start()
            Thread { self.answer(wire) }.start()
        }
    }

    private func forward(_ wire: Wire) {
        // The statement is prepared once and then known by its name; the marker in the preparation tells which.
        var name: [UInt8]?
        while let bytes = wire.read(from: wire.client) {
            if name == nil { name = Self.commitName(in: bytes) }
            let commits = name.map { bytes.firstRange(of: [0] + $0 + [0]) != nil } ?? false
            let cut = commits ? state.withLock { state in state.cut.take() } : nil
            if let cut {
                state.withLock { $0.cuts += 1 }
                if case .beforeCommit = cut { break }
                wire.isMute.store(true, ordering: .sequentiallyConsistent)
            }
            wire.write(bytes, to: wire.upstream)
        }
        wire.cut()
    }

    private func answer(_ wire: Wire) {
        while let bytes = wire.read(from: wire.upstream) {
            // The server answered, so it is done; nobody will hear of it.
            if wire.isMute.load(ordering: .sequentiallyConsistent) { break }
            wire.write(bytes, to: wire.client)
        }
        wire.cut()
    }

    /// The name under which `COMMIT` was prepared: `P`, length, name, 0, text, 0.
    private static func commitName(in bytes: [UInt8]) -> [UInt8]? {
        guard let text = bytes.firstRange(of: Array("\0COMMIT\0".utf8)) else { return nil }
        let before = bytes[..<text.lowerBound]
        return Array(before.suffix(while: { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "z") }))
    }

    /// Safe: a path of at most 107 bytes fits, with the zero after it; the address is read as what it is, with its
    /// true size.
    private static func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Bool) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { target in
            unsafe target.copyBytes(from: path.utf8.prefix(107))
        }
        return unsafe withUnsafePointer(to: address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe body(pointer, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}

extension ArraySlice<UInt8> {
    /// The longest end of which every byte satisfies `predicate`.
    fileprivate func suffix(while predicate: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        var start = endIndex
        while start > startIndex, predicate(self[start - 1]) { start -= 1 }
        return self[start...]
    }
}

/// Two sockets, closed once.
private final class Wire: Sendable {
    let client: Int32
    let upstream: Int32
    let isMute = Atomic(false)
    private let isCut = Atomic(false)

    init(client: Int32, upstream: Int32) {
        self.client = client
        self.upstream = upstream
    }

    deinit {
        Foundation.close(client)
        Foundation.close(upstream)
    }

    /// Safe: the system gets the buffer with its true size.
    func read(from socket: Int32) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe Foundation.read(socket, &buffer, buffer.count)
        return count > 0 ? Array(buffer.prefix(count)) : nil
    }

    /// Safe: the system gets the buffer with its true size and keeps no pointer.
    func write(_ bytes: [UInt8], to socket: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { buffer in
                unsafe send(socket, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    func cut() {
        guard !isCut.exchange(true, ordering: .sequentiallyConsistent) else { return }
        shutdown(client, Int32(SHUT_RDWR))
        shutdown(upstream, Int32(SHUT_RDWR))
    }
}
