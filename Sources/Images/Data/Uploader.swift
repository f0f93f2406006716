import API
import Logging
import Model
import NIOCore
import Signatures
import Store

/// Receives the data of images from clients. An image is `active` only after its data are durable and accepted; whatever happens before
/// leaves it `queued`, without data.
///
///     begin (saving) ─▶ draft ◀─ pieces ─▶ verdict ─▶ claim a name ─▶ keep (durable) ─▶ active
///        └───────────────── any failure: draft discarded, queued again ─────────────────┘
///
/// The certificate of a signed image is fetched before the first piece is read, and the verdict says whether the signature is one over
/// the data.
///
/// A process that dies anywhere leaves an upload that is silent, which the sweeper gives up.
struct Uploader: Sendable {
    let transfer: DataTransfer
    let signatures: SignatureCheck

    private var store: any StateStore { transfer.store }

    /// Where data go, and what becomes of the image.
    struct Destination: Sendable {
        let entry: StoreShelf.Entry
        let event: ImageLifecycle.Event
        /// Whether the image is active afterwards; otherwise the data wait there.
        let activates: Bool

        static func store(_ entry: StoreShelf.Entry) -> Destination {
            Destination(entry: entry, event: .upload, activates: true)
        }

        static func staging(_ entry: StoreShelf.Entry) -> Destination {
            Destination(entry: entry, event: .stage, activates: false)
        }
    }

    /// - Parameters:
    ///   - announced: the size in bytes that the client says, if it says one
    ///   - caller: on whose behalf the certificate of a signed image is fetched
    ///   - check: throws where the caller may not, in the transaction that begins the upload
    func receive(
        _ body: BodyStream, of id: ImageID, to destination: Destination, announced: Int?, scope: ImageScope,
        caller: Caller,
        check: @escaping @Sendable (Image, any Transaction) throws -> Void
    ) async throws {
        let upload: UploadID = transfer.ids.next()
        let (image, left) = try await begin(
            upload, id, destination, announced ?? body.length, scope, check)
        do {
            let verifier = try await destination.activates ? fetchedVerifier(of: image, upload, caller) : nil
            let summary = try await transfer.bring(
                upload, of: image, into: destination.entry, verifying: verifier
            ) { summary in
                try Self.accept(summary, of: id, announced, isJudged: destination.activates)
            } fill: { intake in
                var meter = StorageQuota.Meter(left: left)
                for try await piece in body {
                    try meter.take(piece.readableBytes)
                    try await intake.take(piece)
                }
            }
            try await end(upload, id, summary, destination)
        } catch {
            await Task { await giveUp(upload, of: id) }.value
            throw error
        }
    }

    /// A key manager may take its time: the upload lives meanwhile.
    private func fetchedVerifier(
        of image: Image, _ upload: UploadID, _ caller: Caller
    ) async throws -> SignatureVerifier? {
        try await transfer.living(upload, of: image.id) { try await signatures.verifier(of: image, for: caller) }
    }

    /// The image, and what of the project's quota is left for its data; nil is unlimited. Staged data count when they are imported.
    private func begin(
        _ upload: UploadID, _ id: ImageID, _ destination: Destination, _ size: Int?, _ scope: ImageScope,
        _ check: @escaping @Sendable (Image, any Transaction) throws -> Void
    ) async throws -> (image: Image, left: Int?) {
        let now = transfer.time.now()
        return try await store.write { [quota = transfer.quota] transaction -> (image: Image, left: Int?) in
            let former = try ImageBook.get(id, scope, in: transaction)
            try check(former, transaction)
            if destination.activates { try quota.check(size, of: former, in: transaction) }
            let left = destination.activates ? try quota.left(for: former, in: transaction) : nil
            var image = former
            _ = try image.apply(destination.event)
            image.updated = now
            try ImageBook.save(image, replacing: former, in: transaction)
            try UploadBook.begin(upload, of: id, into: destination.entry.name, at: now, in: transaction)
            return (image, left)
        }
    }

    private static func accept(
        _ summary: DataIntake.Summary, of id: ImageID, _ announced: Int?, isJudged: Bool
    ) throws(Fault) {
        if let announced, announced != summary.size {
            throw .badRequest(
                "The data have \(summary.size) bytes, and X-OpenStack-Image-Size says \(announced).",
                field: "X-OpenStack-Image-Size")
        }
        if isJudged { try summary.checkVerdict(of: id) }
    }

    private func end(
        _ upload: UploadID, _ id: ImageID, _ summary: DataIntake.Summary, _ destination: Destination
    ) async throws {
        let now = transfer.time.now()
        try await store.write { [quota = transfer.quota] transaction in
            guard let former = try ImageBook.find(id, .everything, in: transaction) else { throw UploadBook.gone(id) }
            // Others may have come to their end meanwhile.
            if destination.activates { try quota.check(summary.size, of: former, in: transaction) }
            try UploadBook.keep(upload, of: id, in: transaction)
            var image = former
            image.size = summary.size
            image.updated = now
            if destination.activates {
                _ = try image.apply(.stored)
                image.checksum = summary.checksum
                image.hash = .sha512(summary.digest)
                if case .accepted(let virtualSize) = summary.verdict { image.virtualSize = virtualSize }
                image.stores = try CopyBook.stores(of: id, in: transaction)
            }
            try ImageBook.save(image, replacing: former, in: transaction)
        }
    }

    /// The image is queued again. What cannot be done now, the sweeper does.
    private func giveUp(_ upload: UploadID, of id: ImageID) async {
        do {
            let now = transfer.time.now()
            try await store.write { transaction in
                try Self.giveUp(upload, of: id, at: now, in: transaction)
            }
        } catch {
            transfer.logger.warning(
                "an upload that failed is left to the sweeper",
                metadata: ["image": "\(id)", "upload": "\(upload)", "error": "\(error)"])
        }
    }

    /// Ends an upload without data.
    static func giveUp(
        _ upload: UploadID, of id: ImageID, at now: Timestamp, in transaction: any Transaction
    ) throws {
        guard try UploadBook.giveUp(upload, in: transaction),
            let former = try ImageBook.find(id, .everything, in: transaction)
        else { return }
        var image = former
        _ = try image.apply(.failed)
        image.updated = now
        try CopyBook.dropStaged(of: id, in: transaction)
        try ImageBook.save(image, replacing: former, in: transaction)
    }
}
