import Model
import Store

/// The checks of blobs and what they found, inside the caller's transaction.
enum HealthBook {
    /// How long a replica may be silent about a check before another one takes it.
    static let lease = Duration.seconds(300)

    /// The blob that was not checked for the longest, leased to the caller; nil where none is due.
    ///
    /// - Parameters:
    ///   - limit: those checked before are due
    ///   - again: damaged ones checked before are due, too
    static func take(
        in stores: [StoreName], checkedBefore limit: Timestamp, damagedBefore again: Timestamp, at now: Timestamp,
        in transaction: any Transaction
    ) throws -> CheckedBlob? {
        let found: CheckedBlob? = try transaction.first(
            """
            SELECT b.store, b.blob, b.digest, b.size, b.damage FROM image_blobs b
            WHERE b.is_leaving = 0 AND b.store IN \(list: stores) AND b.check_until < \(now)
                AND (b.checked_at < \(limit) OR b.damage IS NOT NULL AND b.checked_at < \(again))
                AND EXISTS (
                    SELECT 1 FROM image_copies c WHERE c.store = b.store AND c.blob = b.blob AND c.upload IS NULL)
            ORDER BY b.checked_at, b.store, b.blob LIMIT 1
            """
        ) { row in
            let word: String? = try row[4]
            return CheckedBlob(
                store: try row[0], blob: try row[1], digest: try row[2], size: try row[3],
                damage: try word == nil ? nil : row.word(4))
        }
        guard let found, try renew(found, at: now, only: true, in: transaction) else { return nil }
        return found
    }

    /// Says that the check goes on. False where the blob leaves, or another replica has it.
    ///
    /// - Parameter only: whether nobody may have it
    static func renew(
        _ blob: CheckedBlob, at now: Timestamp, only: Bool = false, in transaction: any Transaction
    ) throws -> Bool {
        let free: SQL = only ? "check_until < \(now)" : "check_until >= \(now)"
        return try transaction.execute(
            """
            UPDATE image_blobs SET check_until = \(now + lease)
            WHERE store = \(blob.store) AND blob = \(blob.blob) AND is_leaving = 0 AND \(free)
            """) == 1
    }

    /// Writes down what a check found, in the blob and in the records of its images.
    static func note(
        _ damage: CopyDamage?, of blob: CheckedBlob, at now: Timestamp, in transaction: any Transaction
    ) throws {
        try transaction.execute(
            """
            UPDATE image_blobs SET checked_at = \(now), check_until = 0, damage = \(damage?.rawValue)
            WHERE store = \(blob.store) AND blob = \(blob.blob)
            """)
        if damage != blob.damage { try tellImages(of: blob.copy, at: now, in: transaction) }
    }

    /// Other blobs of the same data that are sound, as far as is known.
    static func sources(
        of blob: CheckedBlob, in stores: [StoreName], in transaction: any Transaction
    ) throws -> [CopyBook.Copy] {
        try transaction.all(
            """
            SELECT b.store, b.blob FROM image_blobs b
            WHERE b.digest = \(blob.digest) AND b.size = \(blob.size) AND b.store IN \(list: stores)
                AND b.is_leaving = 0 AND b.damage IS NULL AND NOT (b.store = \(blob.store) AND b.blob = \(blob.blob))
                AND EXISTS (
                    SELECT 1 FROM image_copies c WHERE c.store = b.store AND c.blob = b.blob AND c.upload IS NULL)
            ORDER BY b.checked_at DESC, b.store, b.blob LIMIT 8
            """
        ) { row in CopyBook.Copy(store: try row[0], blob: try row[1]) }
    }

    /// One of the images that have the blob; nil where none has any more.
    static func image(of blob: CopyBook.Copy, in transaction: any Transaction) throws -> ImageID? {
        try transaction.first(
            """
            SELECT image FROM image_copies WHERE store = \(blob.store) AND blob = \(blob.blob) AND upload IS NULL
            ORDER BY image LIMIT 1
            """
        ) { row in try row[0] }
    }

    /// A blob that takes the place of a damaged one, as long as its upload lives.
    static func insert(
        _ blob: CopyBook.Copy, of former: CheckedBlob, by upload: UploadID, at now: Timestamp,
        in transaction: any Transaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO image_blobs (store, blob, digest, size, is_leaving, checked_at, repair)
            VALUES (\(blob.store), \(blob.blob), \(former.digest), \(former.size), 0, \(now), \(upload))
            """)
    }

    /// Every complete copy that is the damaged blob is the sound one from now on.
    static func replace(
        _ damaged: CopyBook.Copy, with sound: CopyBook.Copy, at now: Timestamp, in transaction: any Transaction
    ) throws {
        try transaction.execute(
            """
            UPDATE image_copies SET blob = \(sound.blob)
            WHERE store = \(damaged.store) AND blob = \(damaged.blob) AND upload IS NULL
            """)
        try tellImages(of: sound, at: now, in: transaction)
    }

    /// Blobs that images have and that the last check found damaged.
    static func damagedCount(in transaction: any Transaction) throws -> Int {
        try transaction.first(
            "SELECT COUNT(*) FROM image_blobs WHERE damage IS NOT NULL AND is_leaving = 0"
        ) { row in try row[0] } ?? 0
    }

    /// Each image that has the blob says which of its stores have its data, and in which they are damaged. A query for each image: damage
    /// is rare, and few images have equal data.
    private static func tellImages(
        of blob: CopyBook.Copy, at now: Timestamp, in transaction: any Transaction
    ) throws {
        let images: [ImageID] = try transaction.all(
            "SELECT image FROM image_copies WHERE store = \(blob.store) AND blob = \(blob.blob) AND upload IS NULL"
        ) { row in try row[0] }
        for id in images {
            guard let former = try ImageBook.find(id, .everything, in: transaction) else { continue }
            let copies = try CopyBook.of(id, in: transaction).filter { $0.store != StoreShelf.stagingName }
            var image = former
            image.stores = copies.filter { !$0.isDamaged }.map(\.store.text).joined(separator: ",")
            var properties = try image.properties.values()
            let damaged = copies.filter(\.isDamaged).map(\.store.text).joined(separator: ",")
            properties[Self.damagedStores] = damaged.isEmpty ? nil : damaged
            image.properties = ImageProperties(properties)
            image.updated = now
            try ImageBook.save(image, replacing: former, in: transaction)
        }
    }

    /// What an image shows of stores whose copies are damaged. Users cannot change it.
    static let damagedStores = "os_glance_damaged_stores"
}
