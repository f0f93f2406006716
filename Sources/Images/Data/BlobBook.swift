import Model
import Store

/// What lies in stores, and what of it leaves, inside the caller's transaction.
///
///     (named by copies) ──the last copy goes──▶ leaving ──nobody reads it──▶ removed, forgotten
enum BlobBook {
    /// How long a blob that leaves stays where it could not be read on, and how long somebody's reading holds it. A replica says more
    /// often than that what it reads.
    static let grace = Duration.seconds(120)
    static let hold = Duration.seconds(90)

    /// Marks the blobs that no copy names, and that no repair brings: nothing takes them up again.
    static func release(at now: Timestamp, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            UPDATE image_blobs SET is_leaving = 1, leaving_at = \(now) WHERE is_leaving = 0 AND NOT EXISTS (
                SELECT 1 FROM image_copies c WHERE c.store = image_blobs.store AND c.blob = image_blobs.blob)
            AND NOT EXISTS (SELECT 1 FROM image_uploads u WHERE u.id = image_blobs.repair)
            """)
    }

    /// Those marked that can be removed now.
    ///
    /// - Parameters:
    ///   - prompt: stores whose blobs are read on when they are removed
    ///   - patient: stores whose blobs are not
    static func leaving(
        prompt: [StoreName], patient: [StoreName], at now: Timestamp, most: Int, in transaction: any Transaction
    ) throws -> [CopyBook.Copy] {
        let limit = now - grace
        return try transaction.all(
            """
            SELECT store, blob FROM image_blobs WHERE is_leaving = 1 AND (store IN \(list: prompt)
                OR store IN \(list: patient) AND leaving_at < \(limit) AND held_until < \(now))
            ORDER BY store, blob LIMIT \(most)
            """
        ) { row in CopyBook.Copy(store: try row[0], blob: try row[1]) }
    }

    static func forget(_ blob: CopyBook.Copy, in transaction: any Transaction) throws {
        try transaction.execute(
            "DELETE FROM image_blobs WHERE store = \(blob.store) AND blob = \(blob.blob) AND is_leaving = 1")
    }

    /// Of these blobs, those that leave.
    static func leaving(_ blobs: [BlobName], in transaction: any Transaction) throws -> [BlobName] {
        try transaction.all("SELECT blob FROM image_blobs WHERE is_leaving = 1 AND blob IN \(list: blobs)") { row in
            try row[0]
        }
    }

    /// Somebody reads them.
    static func hold(_ blobs: [BlobName], at now: Timestamp, in transaction: any Transaction) throws {
        let until = now + hold
        try transaction.execute(
            """
            UPDATE image_blobs SET held_until = \(until)
            WHERE is_leaving = 1 AND held_until < \(until) AND blob IN \(list: blobs)
            """)
    }
}
