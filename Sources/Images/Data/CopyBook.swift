import Model
import Store

/// Where the data of images are, inside the caller's transaction.
enum CopyBook {
    struct Copy: Sendable, Equatable {
        let store: StoreName
        let blob: BlobName
        /// Whether the last check found it wrong or missing.
        var isDamaged = false
    }

    /// Of an image, those that are complete, in the order in which they came.
    static func of(_ image: ImageID, in transaction: any Transaction) throws -> [Copy] {
        try transaction.all(
            """
            SELECT c.store, c.blob, b.damage FROM image_copies c
            JOIN image_blobs b ON b.store = c.store AND b.blob = c.blob
            WHERE c.image = \(image) AND c.upload IS NULL ORDER BY c.created_at, c.store
            """
        ) { row in
            let damage: String? = try row[2]
            return Copy(store: try row[0], blob: try row[1], isDamaged: damage != nil)
        }
    }

    /// The names of public stores with a complete and sound copy, as the record holds them.
    static func stores(of image: ImageID, in transaction: any Transaction) throws -> String {
        try of(image, in: transaction).filter { $0.store != StoreShelf.stagingName && !$0.isDamaged }
            .map(\.store.text).joined(separator: ",")
    }

    /// Drops the copy in a store, complete or not.
    static func drop(_ image: ImageID, from store: StoreName, in transaction: any Transaction) throws {
        try transaction.execute("DELETE FROM image_copies WHERE image = \(image) AND store = \(store)")
    }

    /// Drops what is in the staging area.
    static func dropStaged(of image: ImageID, in transaction: any Transaction) throws {
        try drop(image, from: StoreShelf.stagingName, in: transaction)
    }
}
