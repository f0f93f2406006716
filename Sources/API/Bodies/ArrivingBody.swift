import HTTPTypes
import HummingbirdCore
import Model
import NIOCore

/// A body that is not here yet: read from the connection when somebody asks for the next piece.
actor ArrivingBody {
    /// Bytes, as the client said.
    nonisolated let length: Int?
    /// What is collected of it at most, where an endpoint wants it whole.
    private let mostCollected: Int
    private var iterator: RequestBody.AsyncIterator?
    private var arrived = 0
    private var failure: (any Error)?
    private var hasEnded = false
    /// Called before the first piece is read: tells a client that waits for it to send the body.
    private var invite: (@Sendable () async throws -> Void)?
    private let lasting: @Sendable () -> Void

    /// - Parameters:
    ///   - invite: nil where the client does not wait to be asked
    ///   - lasting: called where the body goes on for as long as its response
    init(
        _ body: RequestBody, length: Int?, mostCollected: Int,
        invite: (@Sendable () async throws -> Void)? = nil, lasting: @escaping @Sendable () -> Void = {}
    ) {
        self.length = length
        self.mostCollected = mostCollected
        self.invite = invite
        self.lasting = lasting
        iterator = body.makeAsyncIterator()
        hasEnded = length == 0
    }

    /// A body that is here.
    init(_ bytes: [UInt8]) {
        length = bytes.count
        mostCollected = bytes.count
        lasting = {}
        iterator = RequestBody(buffer: ByteBuffer(bytes: bytes)).makeAsyncIterator()
        hasEnded = bytes.isEmpty
    }

    /// Whether nothing more is on its way.
    var isAtEnd: Bool { hasEnded || arrived == length }

    /// The body goes on for as long as its response: nothing is expected of its pace.
    nonisolated func goOn() { lasting() }

    func next() async throws -> ByteBuffer? {
        if let failure { throw failure }
        if hasEnded { return nil }
        // Nothing must look like the end of a body but its end.
        guard var working = iterator else { throw Fault.internalError("a body is read by two at a time") }
        iterator = nil
        do {
            if let invite {
                self.invite = nil
                try await invite()
            }
            var piece = try await working.next(isolation: self)
            // An empty part says only that the connection is in use.
            while piece?.readableBytes == 0 { piece = try await working.next(isolation: self) }
            iterator = working
            guard let piece else {
                try checkEnd()
                hasEnded = true
                return nil
            }
            arrived += piece.readableBytes
            return piece
        } catch {
            let outcome = Self.outcome(of: error)
            failure = outcome
            throw outcome
        }
    }

    /// The whole body, for an endpoint that takes it as one.
    func collect() async throws -> [UInt8] {
        if let length, length > mostCollected { throw BodyStream.tooLarge(mostCollected) }
        var bytes: [UInt8] = []
        while let piece = try await next() {
            guard bytes.count + piece.readableBytes <= mostCollected else { throw BodyStream.tooLarge(mostCollected) }
            bytes += piece.readableBytesView
        }
        return bytes
    }

    /// A connection that ends looks like the end of a body; the length that was said tells them apart.
    private func checkEnd() throws {
        try Task.checkCancellation()
        if let length, arrived < length { throw Self.broken }
    }

    private static let broken = Fault.badRequest("The body broke off before its end.")

    private static func outcome(of error: any Error) -> any Error {
        switch error {
        case is CancellationError, is Fault: error
        case let slow as RequestTooSlow: slow.fault
        default: broken
        }
    }
}
