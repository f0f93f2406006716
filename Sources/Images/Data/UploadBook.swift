import Model
import Store

/// Arrivals of data and the copies that they become, inside the caller's transaction.
///
///     begin ──▶ (alive, seen now and then) ──claim──▶ copy on its way ──keep──▶ copy
///                                    └──────────────────end──────────────────▶ (gone)
///
/// A copy on its way has the upload's id. A blob that no copy names is free, and the sweeper's.
enum UploadBook {
    /// - Parameter isImport: whether a workflow stands behind it, which says itself what becomes of the image
    static func begin(
        _ upload: UploadID, of image: ImageID, into store: StoreName, isImport: Bool = false, at now: Timestamp,
        in transaction: any Transaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO image_uploads (id, image, store, seen_at, is_import)
            VALUES (\(upload), \(image), \(store), \(now), \(isImport))
            """)
    }

    /// A sign of life. False where the upload was given up, or its image deleted.
    static func touch(_ upload: UploadID, at now: Timestamp, in transaction: any Transaction) throws -> Bool {
        try transaction.execute("UPDATE image_uploads SET seen_at = \(now) WHERE id = \(upload)") == 1
    }

    /// A name for the data, which from now on are kept from the sweeper: that of equal data that are in the same store, or a new one.
    ///
    /// Throws 410 where the upload was given up, or its image deleted.
    static func claim(
        _ upload: UploadID, of image: ImageID, in store: StoreName, digest: String, size: Int, at now: Timestamp,
        in transaction: any Transaction
    ) throws -> BlobName {
        guard try touch(upload, at: now, in: transaction) else { throw gone(image) }
        let equal: BlobName? = try transaction.first(
            """
            SELECT b.blob FROM image_blobs b
            WHERE b.store = \(store) AND b.digest = \(digest) AND b.size = \(size) AND b.is_leaving = 0
                AND b.damage IS NULL AND EXISTS (
                    SELECT 1 FROM image_copies c WHERE c.store = b.store AND c.blob = b.blob AND c.upload IS NULL)
            ORDER BY b.blob LIMIT 1
            """
        ) { row in try row[0] }
        let blob = equal ?? BlobName("\(digest).\(upload)")
        if equal == nil {
            try transaction.execute(
                """
                INSERT INTO image_blobs (store, blob, digest, size, is_leaving, checked_at)
                VALUES (\(store), \(blob), \(digest), \(size), 0, \(now))
                """)
        }
        try transaction.execute(
            """
            INSERT INTO image_copies (image, store, blob, upload, created_at)
            VALUES (\(image), \(store), \(blob), \(upload), \(now))
            """)
        return blob
    }

    /// The copy is durable; the upload has ended. Throws 410 where it was given up, or its image deleted.
    static func keep(_ upload: UploadID, of image: ImageID, in transaction: any Transaction) throws {
        let kept = try transaction.execute("UPDATE image_copies SET upload = NULL WHERE upload = \(upload)")
        guard kept == 1, try end(upload, in: transaction) else { throw gone(image) }
    }

    /// Gives an upload up, with the copy that it was to be. False where that was done already.
    static func giveUp(_ upload: UploadID, in transaction: any Transaction) throws -> Bool {
        try transaction.execute("DELETE FROM image_copies WHERE upload = \(upload)")
        return try end(upload, in: transaction)
    }

    private static func end(_ upload: UploadID, in transaction: any Transaction) throws -> Bool {
        try transaction.execute("DELETE FROM image_uploads WHERE id = \(upload)") == 1
    }

    /// Uploads whose receiver has been silent since `limit`, the longest silent first.
    static func silent(
        since limit: Timestamp, most: Int, in transaction: any Transaction
    ) throws -> [(upload: UploadID, image: ImageID, isImport: Bool)] {
        try transaction.all(
            """
            SELECT id, image, is_import FROM image_uploads WHERE seen_at < \(limit) ORDER BY seen_at, id LIMIT \(most)
            """
        ) { row in (try row[0], try row[1], try row[2]) }
    }

    /// Of these, the uploads that are under way.
    static func alive(_ uploads: [UploadID], in transaction: any Transaction) throws -> Set<UploadID> {
        Set(
            try transaction.all("SELECT id FROM image_uploads WHERE id IN \(list: uploads)") { row in
                try row[0] as UploadID
            })
    }

    static func gone(_ image: ImageID) -> Fault {
        Fault(
            .gone,
            "Image \(image) could not be found after upload. The image may have been deleted during the upload, cleaning "
                + "up the chunks uploaded.")
    }
}
