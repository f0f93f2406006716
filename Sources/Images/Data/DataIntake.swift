import Crypto
import Model
import NIOCore
import NIOPosix
import Synchronization

/// Data on their way in: each piece is hashed, inspected and written, in that order, away from the threads that serve requests.
final class DataIntake: Sendable {
    /// What is known of data that have ended.
    struct Summary: Sendable, Equatable {
        let size: Int
        /// MD5 in hexadecimal digits.
        let checksum: String
        /// SHA-512 in hexadecimal digits.
        let digest: String
        let verdict: DataVerdict
        /// Whether they have the digest that was expected, if one was.
        let isExpected: Bool

        /// Throws 415 for data of another format than the record claims, 400 for a signature that is not theirs.
        func checkVerdict(of id: ImageID) throws(Fault) {
            switch verdict {
            case .accepted: return
            case .refused(let reason): throw Fault(.unsupportedMediaType, reason)
            case .unverified(let reason):
                throw .badRequest("Signature verification failed for image \(id): \(reason)")
            }
        }
    }

    private struct State {
        var size = 0
        var checksum = Insecure.MD5()
        var digest = SHA512()
        var inspection: any DataInspection
        var expectation: (any HashFunction & Sendable)?
    }

    private let state: Mutex<State>
    private let draft: any BlobDraft
    private let pool: NIOThreadPool
    private let hash: ExpectedHash?
    /// What came and is not written yet, so that small pieces do not cost a turn of a thread each.
    private let gathered = Mutex(DataIntake.empty())
    private static let enough = 256 * 1024
    /// The most bytes that come at once from a connection.
    private static let mostOfPiece = 64 * 1024

    init(
        into draft: any BlobDraft, inspection: any DataInspection, expecting hash: ExpectedHash? = nil,
        pool: NIOThreadPool
    ) {
        self.draft = draft
        self.pool = pool
        self.hash = hash
        state = Mutex(State(inspection: inspection, expectation: hash?.algorithm.function))
    }

    /// One at a time calls it.
    func take(_ piece: ByteBuffer) async throws {
        let whole: ByteBuffer? = gathered.withLock { gathered in
            gathered.writeImmutableBuffer(piece)
            guard gathered.readableBytes >= Self.enough else { return nil }
            defer { gathered = Self.empty() }
            return gathered
        }
        if let whole { try await process(whole) }
    }

    /// Large enough from the start: memory that grows is copied, and ends up twice as large as needed.
    private static func empty() -> ByteBuffer { ByteBufferAllocator().buffer(capacity: enough + mostOfPiece) }

    /// Writes what is left.
    func finish() async throws -> Summary {
        let rest = gathered.withLock { $0 }
        if rest.readableBytes > 0 { try await process(rest) }
        return state.withLock { state in
            Summary(
                size: state.size, checksum: Hexadecimal.text(of: state.checksum.finalize()),
                digest: Hexadecimal.text(of: state.digest.finalize()),
                verdict: state.inspection.verdict(),
                isExpected: state.expectation.map { Self.digits($0) } == hash?.value)
        }
    }

    private static func digits(_ function: some HashFunction) -> String { Hexadecimal.text(of: function.finalize()) }

    /// Safe: the digests read the bytes of the buffer while the closure runs.
    private func process(_ bytes: ByteBuffer) async throws {
        try await FileTrouble.blocking(on: pool) { [self] in
            state.withLock { state in
                state.size += bytes.readableBytes
                unsafe bytes.withUnsafeReadableBytes { space in
                    unsafe state.checksum.update(bufferPointer: space)
                    unsafe state.digest.update(bufferPointer: space)
                    unsafe state.expectation?.update(bufferPointer: space)
                }
                state.inspection.take(bytes.readableBytesUInt8Span)
            }
        }
        try await draft.append(bytes)
    }
}
