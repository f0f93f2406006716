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
        let now = time.now()
        try await store.write { try TaskBook.prune(at: now, in: $0) }
        try await discardDrafts()
        try await removeFree()
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
        var failure: (any Error)?
        for entry in shelf.everything {
            do {
                try await discardDrafts(in: entry.store)
            } catch {
                // A store that cannot be reached keeps no other from being swept.
                try Task.checkCancellation()
                failure = error
            }
        }
        if let failure { throw failure }
    }

    private func discardDrafts(in imageStore: any ImageStore) async throws {
        let found = try await imageStore.drafts()
        for start in stride(from: 0, to: found.count, by: Self.batch) {
            try Task.checkCancellation()
            let some = Array(found[start..<min(start + Self.batch, found.count)])
            let alive = try await store.read { try UploadBook.alive(some, in: $0) }
            for upload in some where !alive.contains(upload) { try await imageStore.discard(upload) }
        }
    }

    /// Data in a store that is not configured any more stay there. Where data that are removed could not be read on, they stay until
    /// nobody reads them.
    private func removeFree() async throws {
        let now = time.now()
        try await store.write { try BlobBook.release(at: now, in: $0) }
        let entries = Dictionary(shelf.everything.map { ($0.name, $0.store) }) { first, _ in first }
        var failure: (any Error)?
        for name in entries.keys.sorted() {
            do {
                try await removeFree(in: name, entries[name])
            } catch {
                // A store that cannot be reached keeps no other from being swept.
                try Task.checkCancellation()
                failure = error
            }
        }
        if let failure { throw failure }
    }

    private func removeFree(in name: StoreName, _ imageStore: (any ImageStore)?) async throws {
        guard let imageStore else { return }
        let (prompt, patient) = imageStore.outlivesRemoval ? ([name], []) : ([], [name])
        while true {
            try Task.checkCancellation()
            let now = time.now()
            let leaving = try await store.read { transaction in
                try BlobBook.leaving(prompt: prompt, patient: patient, at: now, most: Self.batch, in: transaction)
            }
            for blob in leaving {
                try await imageStore.remove(blob.blob)
                try await store.write { try BlobBook.forget(blob, in: $0) }
            }
            if leaving.count < Self.batch { return }
        }
    }

    /// Says which blobs are read through this process, so that no replica removes them meanwhile.
    func holdReadings() async throws {
        let read = shelf.readings.blobs
        for start in stride(from: 0, to: read.count, by: Self.batch) {
            let some = Array(read[start..<min(start + Self.batch, read.count)])
            let leaving = try await store.read { try BlobBook.leaving(some, in: $0) }
            if leaving.isEmpty { continue }
            let now = time.now()
            try await store.write { try BlobBook.hold(leaving, at: now, in: $0) }
        }
    }
}
