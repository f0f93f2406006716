import API
import Logging
import Model
import NIOPosix
import Signatures
import Store

/// Brings data into one store, as one upload: draft, verdict, name, durable. The copy is on its way until its caller keeps it.
struct DataTransfer: Sendable {
    let store: any StateStore
    let options: ImageOptions
    let inspection: @Sendable (DataClaim) async throws -> any DataInspection
    let time: TimeSource
    let ids: IDSource
    let pool: NIOThreadPool
    let logger: Logger

    var quota: StorageQuota { StorageQuota(most: options.storageQuota) }

    /// - Parameters:
    ///   - upload: on record already
    ///   - hash: what the digest must be; the summary says whether it is
    ///   - verifier: of the image's signature, which takes part in the verdict; nil for data that are not verified
    ///   - accept: throws where the data must not be kept
    ///   - fill: gives the data to the intake, piece by piece, and returns at their end
    ///
    /// Throws 410 where the upload was given up, or its image deleted. What was written is removed then, and after every other failure.
    func bring(
        _ upload: UploadID, of image: Image, into entry: StoreShelf.Entry, expecting hash: ExpectedHash? = nil,
        verifying verifier: SignatureVerifier? = nil, accept: @Sendable (DataIntake.Summary) throws -> Void,
        fill: @escaping @Sendable (DataIntake) async throws -> Void
    ) async throws -> DataIntake.Summary {
        let draft = try await entry.store.begin(upload)
        do {
            let claim = DataClaim(
                diskFormat: image.diskFormat ?? "", containerFormat: image.containerFormat ?? "",
                properties: try image.properties.values())
            var inspection = try await self.inspection(claim)
            if let verifier { inspection = SignedInspection(inspection, verifier) }
            let intake = DataIntake(into: draft, inspection: inspection, expecting: hash, pool: pool)
            try await living(upload, of: image.id) { try await fill(intake) }
            let summary = try await intake.finish()
            try accept(summary)
            let now = time.now()
            let blob = try await store.write { transaction in
                try UploadBook.claim(
                    upload, of: image.id, in: entry.name, digest: summary.digest, size: summary.size, at: now,
                    in: transaction)
            }
            try await draft.keep(as: blob)
            return summary
        } catch {
            // Also where the client has left, whose task is cancelled.
            await Task { await draft.discard() }.value
            throw error
        }
    }

    /// Does `work` while the sweeper is told that somebody receives. Throws 410 where the upload is given up meanwhile, or its image
    /// deleted.
    func living<Value: Sendable>(
        _ upload: UploadID, of id: ImageID, _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                try await showLife(of: upload, id)
                return nil
            }
            group.addTask { try await work() }
            // The first one to end is the work, or the upload was given up and throws.
            guard let value = try await group.next() ?? nil else { throw UploadBook.gone(id) }
            group.cancelAll()
            return value
        }
    }

    /// Tells the sweeper that somebody receives; throws 410 when the upload was given up, or its image deleted.
    private func showLife(of upload: UploadID, _ id: ImageID) async throws {
        while true {
            try await time.sleep(for: options.silence / 6)
            let now = time.now()
            guard try await store.write({ try UploadBook.touch(upload, at: now, in: $0) }) else {
                throw UploadBook.gone(id)
            }
        }
    }
}
