import API
import Clients
import Model
import NIOCore
import Store
import Workflows

/// Brings staged data into stores, or data from the web, or from one store into others.
///
///     begin ──▶ fetch (from the web into the staging area; otherwise nothing)
///       ▲         └──▶ store (each destination: copied, hashed, judged, durable) ──▶ finish ──▶ active, task success
///       │                │ refused, no room, deleted, not reachable
///       └────── undo ◀───┘  copies that were made go, the image is queued again, task failure
///
/// Started by `POST …/import`, in the transaction that makes the image `importing`. Nobody signals it. The certificate of a signed image is
/// in its input: it was fetched with the token of whoever asked, which is not kept. A copy that is durable is not
/// made again when a step runs twice. A copied image stays `active` whatever happens.
struct ImportWorkflow: Sendable {
    struct Input: Codable, Sendable {
        let image: ImageID
        let task: ImageTaskID
        let method: ImportMethod
        let stores: [String]
        let allMustSucceed: Bool
        /// Of data in the web.
        let address: String?
        /// What their digest must be.
        let expected: ExpectedHash?
        /// Of a signed image; nil for others, for copies, and in workflows of replicas that did not verify.
        let certificate: SigningCertificate?
    }

    /// What the data are, and which stores do not have them.
    struct Stored: Codable, Sendable, Equatable {
        let size: Int
        let checksum: String
        let digest: String
        let virtualSize: Int?
        let failed: [String]
    }

    static let kind = WorkflowType<Input>("images.import", lock: .imageData, deadline: .seconds(24 * 3600))
    private static let stored = StepName<Stored>("store")

    let shelf: StoreShelf
    let transfer: DataTransfer
    let signatures: SignatureCheck
    let web: any WebSource

    private var store: any StateStore { transfer.store }

    var definition: WorkflowDefinition {
        WorkflowDefinition(
            Self.kind, in: .images,
            steps: [
                .transaction(
                    "begin",
                    act: { context, transaction in
                        try TaskBook.apply(.begin, to: context.input.task, at: context.now, in: transaction)
                        return .done
                    },
                    undo: { context, transaction in
                        try fail(context, in: transaction)
                        return .done
                    }),
                .effect("fetch", act: { context in try await fetch(context) }),
                .effect(
                    Self.stored, act: { context in try await bring(context) },
                    undo: { context in
                        try await store.write { transaction in
                            for name in context.input.stores {
                                try CopyBook.drop(context.input.image, from: StoreName(name), in: transaction)
                            }
                        }
                        return .done
                    }),
                .transaction("finish", act: { context, transaction in try finish(context, in: transaction) }),
            ])
    }

    /// Nil where the image was deleted, perhaps for another one with the same id.
    private static func image(of input: Input, in transaction: any Transaction) throws -> Image? {
        guard let image = try ImageBook.find(input.image, .everything, in: transaction) else { return nil }
        return try image.properties.values()[ImportMarks.task] == input.task.description ? image : nil
    }

    /// Into the staging area, whatever is there.
    private func fetch(_ context: StepContext<Input>) async throws -> StepVerdict<NoOutput> {
        let input = context.input
        guard input.method == .web else { return .done }
        guard let address = input.address.flatMap({ WebAddress($0) }) else {
            return .failed("There is no address to fetch from.")
        }
        let id = input.image
        let upload: UploadID = transfer.ids.next()
        let now = transfer.time.now()
        let image = try await store.write { transaction -> Image? in
            guard let image = try Self.image(of: input, in: transaction) else { return nil }
            try CopyBook.dropStaged(of: id, in: transaction)
            try UploadBook.begin(
                upload, of: id, into: shelf.staging.name, isImport: true, at: now, in: transaction)
            return image
        }
        guard let image else { return .failed("The image was deleted.") }
        do {
            let most = transfer.options.largestImage
            let summary = try await transfer.bring(
                upload, of: image, into: shelf.staging, expecting: input.expected
            ) { summary in
                guard summary.isExpected else { throw WebFault("\(address) has data with another digest.") }
            } fill: { intake in
                let left = Allowance(most)
                try await web.fetch(address) { piece in
                    try left.take(piece.readableBytes, of: address)
                    try await intake.take(piece)
                }
            }
            try await store.write { transaction in
                guard let former = try Self.image(of: input, in: transaction) else { throw UploadBook.gone(id) }
                try UploadBook.keep(upload, of: id, in: transaction)
                var image = former
                image.size = summary.size
                try ImageBook.save(image, replacing: former, in: transaction)
            }
            return .done
        } catch {
            await giveUp(upload)
            if let fault = error as? WebFault { return .failed(fault.reason) }
            if let fault = error as? Fault, fault.kind == .gone || fault.kind == .tooLarge {
                return .failed(fault.message)
            }
            throw error
        }
    }

    private func giveUp(_ upload: UploadID) async {
        // Where that is not possible now, the sweeper does it.
        await Task { _ = try? await store.write { try UploadBook.giveUp(upload, in: $0) } }.value
    }

    /// Into each store that does not have them yet.
    private func bring(_ context: StepContext<Input>) async throws -> StepVerdict<Stored> {
        let input = context.input
        let found = try await store.read { transaction -> (Image, [CopyBook.Copy])? in
            guard let image = try Self.image(of: input, in: transaction) else { return nil }
            return (image, try CopyBook.of(input.image, in: transaction))
        }
        guard let (image, copies) = found, let size = image.size else { return .failed("The image was deleted.") }
        let sources = copies.filter { copy in
            input.method == .copy
                ? !input.stores.contains(copy.store.text) && copy.store != StoreShelf.stagingName && !copy.isDamaged
                : copy.store == StoreShelf.stagingName
        }
        guard let source = sources.first else { return .failed("There are no data to import.") }
        var failed: [String] = []
        var summary: DataIntake.Summary?
        for name in input.stores {
            guard let entry = shelf.entry(StoreName(name)) else { return .failed("There is no store '\(name)'.") }
            do {
                summary = try await copy(image, size, from: source, to: entry, verifying: input)
            } catch let fault as Fault where [.unsupportedMediaType, .badRequest, .gone].contains(fault.kind) {
                return .failed(fault.message)
            } catch let fault as Fault where [.tooLarge, .unavailable].contains(fault.kind) {
                if input.allMustSucceed { return .failed(fault.message) }
                failed.append(name)
            }
        }
        guard let summary else { return .failed("No store took the data.") }
        var virtualSize = image.virtualSize
        if case .accepted(let size) = summary.verdict, input.method != .copy { virtualSize = size }
        return .done(
            with: Stored(
                size: summary.size, checksum: summary.checksum, digest: summary.digest, virtualSize: virtualSize,
                failed: failed))
    }

    /// One copy. Data that are not those of the record are refused, and those that are not what was signed.
    private func copy(
        _ image: Image, _ size: Int, from source: CopyBook.Copy, to entry: StoreShelf.Entry, verifying input: Input
    ) async throws -> DataIntake.Summary {
        let verifier = try input.method == .copy ? nil : signatures.verifier(of: image, by: input.certificate)
        guard let reader = try await shelf.open(source, size: size) else {
            throw Fault.unavailable("The data of image \(image.id) cannot be read from '\(source.store)'.")
        }
        let upload: UploadID = transfer.ids.next()
        let now = transfer.time.now()
        try await store.write { transaction in
            guard try ImageBook.find(image.id, .everything, in: transaction) != nil else {
                throw UploadBook.gone(image.id)
            }
            // Of an earlier try, which may have come as far as this.
            try CopyBook.drop(image.id, from: entry.name, in: transaction)
            try transfer.quota.check(size, of: image, in: transaction)
            try UploadBook.begin(
                upload, of: image.id, into: entry.name, isImport: true, at: now, in: transaction)
        }
        do {
            let summary = try await transfer.bring(upload, of: image, into: entry, verifying: verifier) { summary in
                try summary.checkVerdict(of: image.id)
                if let hash = image.hash, hash.algorithm == "sha512", hash.value != summary.digest {
                    throw Fault.unavailable("The data of image \(image.id) are damaged in '\(source.store)'.")
                }
            } fill: { intake in
                let next = reader.pieces(of: 0..<size)
                while let piece = try await next() { try await intake.take(piece) }
            }
            try await store.write { transaction in
                try transfer.quota.check(summary.size, of: image, in: transaction)
                try UploadBook.keep(upload, of: image.id, in: transaction)
            }
            return summary
        } catch {
            await giveUp(upload)
            throw error
        }
    }

    private func finish(
        _ context: StepContext<Input>, in transaction: any Transaction
    ) throws -> StepVerdict<NoOutput> {
        let input = context.input
        guard let former = try Self.image(of: input, in: transaction) else { return .failed("The image was deleted.") }
        let stored = try context.output(of: Self.stored)
        var image = former
        if input.method != .copy {
            _ = try image.apply(.stored)
            image.size = stored.size
            image.checksum = stored.checksum
            image.hash = .sha512(stored.digest)
            image.virtualSize = stored.virtualSize
            try CopyBook.dropStaged(of: input.image, in: transaction)
        }
        image.updated = context.now
        image.stores = try CopyBook.stores(of: input.image, in: transaction)
        try ImportMarks.end(failed: stored.failed.map { StoreName($0) }, &image)
        try ImageBook.save(image, replacing: former, in: transaction)
        try TaskBook.apply(.succeed, to: input.task, at: context.now, in: transaction)
        return .done
    }

    /// The image is as it was before, and the task says why.
    private func fail(_ context: StepContext<Input>, in transaction: any Transaction) throws {
        let input = context.input
        let reason = context.failure ?? "The import was given up."
        try TaskBook.apply(.fail, to: input.task, because: reason, at: context.now, in: transaction)
        guard let former = try Self.image(of: input, in: transaction) else { return }
        var image = former
        if input.method != .copy {
            _ = try image.apply(.failed)
            try CopyBook.dropStaged(of: input.image, in: transaction)
        }
        image.updated = context.now
        image.stores = try CopyBook.stores(of: input.image, in: transaction)
        try ImportMarks.end(failed: input.stores.map { StoreName($0) }, &image)
        try ImageBook.save(image, replacing: former, in: transaction)
    }
}
