import NIOCore
import Synchronization

@testable import Images

/// A store that does what a test wants between one piece and the next, and whose process may die.
struct PlayedStore: ImageStore {
    /// What a test sees and does.
    final class Play: Sendable {
        private let dead = Mutex(false)
        private let hook = Mutex<(@Sendable () async throws -> Void)?>(nil)

        var isDead: Bool { dead.withLock { $0 } }

        /// From now on nothing is cleaned up, as after a crash.
        func die() { dead.withLock { $0 = true } }

        /// Runs before the next piece is written, once.
        func before(_ body: @escaping @Sendable () async throws -> Void) { hook.withLock { $0 = body } }

        func takeHook() -> (@Sendable () async throws -> Void)? {
            hook.withLock { hook in
                defer { hook = nil }
                return hook
            }
        }
    }

    struct Died: Error {}

    let inner: any ImageStore
    let play: Play

    func begin(_ upload: UploadID) async throws -> any BlobDraft {
        if play.isDead { throw Died() }
        return Draft(inner: try await inner.begin(upload), play: play)
    }

    func open(_ blob: BlobName, size: Int) async throws -> (any BlobReader)? {
        try await inner.open(blob, size: size)
    }

    var type: String { inner.type }
    var properties: [String: String] { inner.properties }
    var outlivesRemoval: Bool { inner.outlivesRemoval }
    func mark() async throws -> StoreMark? { try await inner.mark() }
    func probe() async throws { try await inner.probe() }
    func leave(_ mark: StoreMark) async throws { try await inner.leave(mark) }
    func link(to blob: BlobName, lifetime: Duration) -> String? { inner.link(to: blob, lifetime: lifetime) }
    func address(of blob: BlobName) -> String { inner.address(of: blob) }
    func remove(_ blob: BlobName) async throws { try await inner.remove(blob) }
    func drafts() async throws -> [UploadID] { try await inner.drafts() }
    func discard(_ upload: UploadID) async throws { try await inner.discard(upload) }

    private struct Draft: BlobDraft {
        let inner: any BlobDraft
        let play: Play

        func append(_ bytes: ByteBuffer) async throws {
            try await play.takeHook()?()
            if play.isDead { throw Died() }
            try await inner.append(bytes)
        }

        func keep(as blob: BlobName) async throws {
            if play.isDead { throw Died() }
            try await inner.keep(as: blob)
        }

        func discard() async {
            if !play.isDead { await inner.discard() }
        }
    }
}
