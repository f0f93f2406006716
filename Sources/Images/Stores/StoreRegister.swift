import Logging
import Model
import Store

/// Holds each store against its mark when a replica starts: a folder that is not mounted, or another cloud's bucket, is found before data
/// are missed there, or removed.
///
///     database \ medium   no mark           this mark    another mark
///     new                 marked: admitted  admitted     refused
///     marked before       refused           admitted     refused
struct StoreRegister: Sendable {
    let store: any StateStore
    let ids: IDSource
    let logger: Logger

    /// Throws 400, with what is wrong, where the medium cannot be this store's. One that cannot be reached now is admitted: it may
    /// come back.
    func admit(_ entry: StoreShelf.Entry) async throws {
        let proposed: StoreMark = ids.next()
        let (mark, isMarked) = try await store.write { transaction in
            try StoreBook.mark(of: entry.name, proposing: proposed, in: transaction)
        }
        do {
            switch try await entry.store.mark() {
            case mark?: break
            case let other?:
                throw Fault.badRequest(
                    "The store '\(entry.name)' is at \(place(of: entry)), which belongs to another store (its mark is \(other), and this "
                        + "store's is \(mark)). Name another place.")
            case nil where isMarked:
                throw Fault.badRequest(
                    "The store '\(entry.name)' is not at \(place(of: entry)): its mark '\(mark)' is missing there. Mount what belongs "
                        + "there, or name the right place; if the medium is new and empty, write the mark into its file or object 'store'."
                )
            case nil: try await entry.store.leave(mark)
            }
        } catch let fault as Fault where fault.kind == .unavailable {
            logger.warning(
                "a store of images cannot be reached",
                metadata: ["store": "\(entry.name)", "fault": "\(fault.debugDescription)"])
            return
        }
        if !isMarked { try await store.write { try StoreBook.setMarked(entry.name, in: $0) } }
    }

    private func place(of entry: StoreShelf.Entry) -> String {
        let properties = entry.store.properties
        return properties["data_dir"].map { "the folder '\($0)'" }
            ?? properties["s3_store_bucket"].map { "the bucket '\($0)'" } ?? "its place"
    }
}
