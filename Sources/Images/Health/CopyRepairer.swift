import Logging
import Model
import NIOCore
import NIOPosix
import Store

/// Puts a sound copy in the place of a damaged one. It comes as a blob of its own, under a new name, and takes the place in one
/// transaction, so that whoever reads the old one is not disturbed and a death leaves either the one or the other.
struct CopyRepairer: Sendable {
    let store: any StateStore
    let shelf: StoreShelf
    let options: ImageOptions
    let time: TimeSource
    let ids: IDSource
    let pool: NIOThreadPool
    let logger: Logger

    /// False where no other copy is sound.
    func repair(_ blob: CheckedBlob) async throws -> Bool {
        guard let entry = shelf.entry(blob.store) else { return false }
        let names = shelf.entries.map(\.name)
        let sources = try await store.read { try HealthBook.sources(of: blob, in: names, in: $0) }
        for source in sources {
            do {
                guard let reader = try await shelf.open(source, size: blob.size) else { continue }
                if try await bring(blob, from: reader, into: entry) { return true }
            } catch let fault as Fault where fault.kind != .gone {
                logger.warning(
                    "damaged data cannot be repaired from a store",
                    metadata: [
                        "store": "\(blob.store)", "blob": "\(blob.blob)", "from": "\(source.store)",
                        "fault": "\(fault.debugDescription)",
                    ])
            }
        }
        return false
    }

    /// False where the source is damaged as well.
    private func bring(
        _ blob: CheckedBlob, from reader: any BlobReader, into entry: StoreShelf.Entry
    ) async throws -> Bool {
        let upload: UploadID = ids.next()
        let now = time.now()
        let image = try await store.write { transaction -> ImageID? in
            guard let image = try HealthBook.image(of: blob.copy, in: transaction) else { return nil }
            try UploadBook.begin(upload, of: image, into: entry.name, isImport: true, at: now, in: transaction)
            return image
        }
        // Nobody has the data any more: there is nothing to repair.
        guard let image else { return true }
        do {
            let draft = try await entry.store.begin(upload)
            do {
                guard try await fill(draft, from: reader, blob, upload, image) else {
                    await draft.discard()
                    await giveUp(upload)
                    return false
                }
                try await keep(draft, blob, upload, image)
            } catch {
                await Task { await draft.discard() }.value
                throw error
            }
            return true
        } catch {
            await Task { await giveUp(upload) }.value
            throw error
        }
    }

    /// False where the data have another digest.
    private func fill(
        _ draft: any BlobDraft, from reader: any BlobReader, _ blob: CheckedBlob, _ upload: UploadID, _ image: ImageID
    ) async throws -> Bool {
        let digest = BlobDigest(pool)
        let pacer = Pacer(rate: options.checkRate, time: time)
        let next = reader.pieces(of: 0..<blob.size)
        var shown = time.now()
        while let piece = try await next() {
            try await digest.take(piece)
            try await draft.append(piece)
            try await pacer.wait(for: piece.readableBytes)
            let now = time.now()
            guard now.since(shown) > options.silence / 6 else { continue }
            shown = now
            guard try await store.write({ try UploadBook.touch(upload, at: now, in: $0) }) else {
                throw UploadBook.gone(image)
            }
        }
        return digest.matches(blob.digest, size: blob.size)
    }

    private func keep(
        _ draft: any BlobDraft, _ blob: CheckedBlob, _ upload: UploadID, _ image: ImageID
    ) async throws {
        let sound = CopyBook.Copy(store: blob.store, blob: BlobName("\(blob.digest).\(upload)"))
        let now = time.now()
        try await store.write { transaction in
            guard try UploadBook.touch(upload, at: now, in: transaction) else { throw UploadBook.gone(image) }
            try HealthBook.insert(sound, of: blob, by: upload, at: now, in: transaction)
        }
        try await draft.keep(as: sound.blob)
        try await store.write { transaction in
            guard try UploadBook.giveUp(upload, in: transaction) else { throw UploadBook.gone(image) }
            try HealthBook.replace(blob.copy, with: sound, at: now, in: transaction)
        }
    }

    /// Where that is not possible now, the sweeper does it.
    private func giveUp(_ upload: UploadID) async {
        _ = try? await store.write { try UploadBook.giveUp(upload, in: $0) }
    }
}
