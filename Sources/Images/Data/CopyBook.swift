import Model
import Store

/// Where the data of images are, inside the caller's transaction.
enum CopyBook {
    struct Copy: Sendable, Equatable {
        let store: StoreName
        let blob: BlobName
    }

    /// Of an image, those that are complete, in the order in which they came.
    static func of(_ image: ImageID, in transaction: any Transaction) throws -> [Copy] {
        try transaction.all(
            """
            SELECT store, blob FROM image_copies WHERE image = \(image) AND upload IS NULL ORDER BY created_at, store
            """
        ) { row in Copy(store: try row[0], blob: try row[1]) }
    }

    /// The names of public stores with a complete copy, as the record holds them.
    static func stores(of image: ImageID, in transaction: any Transaction) throws -> String {
        try of(image, in: transaction).map(\.store).filter { $0 != StoreShelf.stagingName }.map(\.text)
            .joined(separator: ",")
    }

    /// Drops the copy in a store, complete or not.
    static func drop(_ image: ImageID, from store: StoreName, in transaction: any Transaction) throws {
        try transaction.execute("DELETE FROM image_copies WHERE image = \(image) AND store = \(store)")
    }

    /// Drops what is in the staging area.
    static func dropStaged(of image: ImageID, in transaction: any Transaction) throws {
        try drop(image, from: StoreShelf.stagingName, in: transaction)
    }

    /// Marks the blobs that no copy names: nothing takes them up again.
    static func release(in transaction: any Transaction) throws -> Int {
        try transaction.execute(
            """
            UPDATE image_blobs SET is_leaving = 1 WHERE is_leaving = 0 AND NOT EXISTS (
                SELECT 1 FROM image_copies c WHERE c.store = image_blobs.store AND c.blob = image_blobs.blob)
            """)
    }

    /// Those marked, in these stores.
    static func leaving(_ stores: [StoreName], most: Int, in transaction: any Transaction) throws -> [Copy] {
        try transaction.all(
            """
            SELECT store, blob FROM image_blobs WHERE is_leaving = 1 AND store IN \(list: stores)
            ORDER BY store, blob LIMIT \(most)
            """
        ) { row in Copy(store: try row[0], blob: try row[1]) }
    }

    static func forget(_ blob: Copy, in transaction: any Transaction) throws {
        try transaction.execute(
            "DELETE FROM image_blobs WHERE store = \(blob.store) AND blob = \(blob.blob) AND is_leaving = 1")
    }
}
