import Model
import Store

/// Removes what nobody will ever read: data of dead uploads, and blobs that no image has any more.
///
/// Any number of replicas may sweep at once. Names of blobs are never used again, so that a late removal hits nothing else.
struct Sweeper: Sendable {
    let store: any StateStore
    let shelf: StoreShelf
    let options: ImageOptions
    let time: TimeSource

    private static let batch = 100

    func sweep() async throws {
        try await giveUpSilent()
        try await discardDrafts()
        try await removeFree()
        let now = time.now()
        try await store.write { try TaskBook.prune(at: now, in: $0) }
    }

    /// Images whose upload died with its process are queued again.
    private func giveUpSilent() async throws {
        while true {
            try Task.checkCancellation()
            let now = time.now()
            let limit = now - options.silence
            let ended = try await store.write { transaction in
                let silent = try UploadBook.silent(since: limit, most: Self.batch, in: transaction)
                for (upload, image, isImport) in silent {
                    if isImport {
                        _ = try UploadBook.giveUp(upload, in: transaction)
                    } else {
                        try Uploader.giveUp(upload, of: image, at: now, in: transaction)
                    }
                }
                return silent.count
            }
            if ended < Self.batch { return }
        }
    }

    /// An upload is on record before its draft is made, so that a draft without a record is nobody's.
    private func discardDrafts() async throws {
        for entry in shelf.everything {
            let found = try await entry.store.drafts()
            for start in stride(from: 0, to: found.count, by: Self.batch) {
                try Task.checkCancellation()
                let some = Array(found[start..<min(start + Self.batch, found.count)])
                let alive = try await store.read { try UploadBook.alive(some, in: $0) }
                for upload in some where !alive.contains(upload) { try await entry.store.discard(upload) }
            }
        }
    }

    /// Data in a store that is not configured any more stay there.
    private func removeFree() async throws {
        try await store.write { _ = try CopyBook.release(in: $0) }
        let entries = Dictionary(shelf.everything.map { ($0.name, $0.store) }) { first, _ in first }
        let names = entries.keys.sorted()
        while true {
            try Task.checkCancellation()
            let leaving = try await store.read { try CopyBook.leaving(names, most: Self.batch, in: $0) }
            for blob in leaving {
                try await entries[blob.store]?.remove(blob.blob)
                try await store.write { try CopyBook.forget(blob, in: $0) }
            }
            if leaving.count < Self.batch { return }
        }
    }
}
