import Model
import Store

/// Reads and writes the records of images, inside the caller's transaction.
enum ImageBook {
    /// Nil where there is none, or none that the caller may see.
    static func find(_ id: ImageID, _ scope: ImageScope, in transaction: any Transaction) throws -> Image? {
        try transaction.first(
            "SELECT \(Image.columns) FROM images i WHERE i.id = \(id) AND \(scope.byID)"
        ) { row in try Image(row) }
    }

    /// As `find`; throws 404 where there is none, in the words that clients show.
    static func get(_ id: ImageID, _ scope: ImageScope, in transaction: any Transaction) throws -> Image {
        guard let image = try find(id, scope, in: transaction) else { throw unknown(id) }
        return image
    }

    static func unknown(_ id: ImageID) -> Fault { .notFound("No image found with ID \(id)") }

    /// Throws 409 where the id is taken.
    static func insert(_ image: Image, in transaction: any Transaction) throws {
        let inserted = try transaction.execute(
            """
            INSERT INTO images (id, name, status, visibility, owner, is_protected, is_hidden, container_format,
                disk_format, min_disk, min_ram, size, virtual_size, checksum, hash_algorithm, hash_value, created_at,
                updated_at, tags, properties, stores)
            VALUES (\(image.id), \(image.name), \(image.status.rawValue), \(image.visibility.rawValue), \(image.owner),
                \(image.isProtected), \(image.isHidden), \(image.containerFormat), \(image.diskFormat),
                \(image.minDisk), \(image.minRAM), \(image.size), \(image.virtualSize), \(image.checksum),
                \(image.hash?.algorithm), \(image.hash?.value), \(image.created), \(image.updated), \(image.tags.json),
                \(image.properties.json), \(image.stores))
            ON CONFLICT (id) DO NOTHING
            """)
        guard inserted == 1 else { throw Fault.conflict("Image ID \(image.id) already exists!") }
        try index(tags: try image.tags.values(), of: image.id, in: transaction)
        try index(properties: try image.properties.values(), of: image.id, in: transaction)
    }

    /// Writes what has changed since `former` was read in the same transaction.
    static func save(_ image: Image, replacing former: Image, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            UPDATE images SET name = \(image.name), status = \(image.status.rawValue),
                visibility = \(image.visibility.rawValue), owner = \(image.owner),
                is_protected = \(image.isProtected), is_hidden = \(image.isHidden),
                container_format = \(image.containerFormat), disk_format = \(image.diskFormat),
                min_disk = \(image.minDisk), min_ram = \(image.minRAM), size = \(image.size),
                virtual_size = \(image.virtualSize), checksum = \(image.checksum),
                hash_algorithm = \(image.hash?.algorithm), hash_value = \(image.hash?.value),
                updated_at = \(image.updated), tags = \(image.tags.json), properties = \(image.properties.json),
                stores = \(image.stores)
            WHERE id = \(image.id)
            """)
        if image.tags != former.tags {
            try transaction.execute("DELETE FROM image_tags WHERE image = \(image.id)")
            try index(tags: try image.tags.values(), of: image.id, in: transaction)
        }
        if image.properties != former.properties {
            try transaction.execute("DELETE FROM image_properties WHERE image = \(image.id)")
            try index(properties: try image.properties.values(), of: image.id, in: transaction)
        }
    }

    /// Removes the record and all that hangs on it. Blobs stay until the sweeper takes them.
    static func delete(_ id: ImageID, in transaction: any Transaction) throws {
        try transaction.execute("DELETE FROM image_uploads WHERE image = \(id)")
        try transaction.execute("DELETE FROM image_copies WHERE image = \(id)")
        try transaction.execute("DELETE FROM image_members WHERE image = \(id)")
        try transaction.execute("DELETE FROM image_tags WHERE image = \(id)")
        try transaction.execute("DELETE FROM image_properties WHERE image = \(id)")
        try transaction.execute("DELETE FROM images WHERE id = \(id)")
    }

    /// One statement for many: their number is bounded by quotas, not by the database.
    private static let batch = 200

    private static func index(tags: [String], of id: ImageID, in transaction: any Transaction) throws {
        for start in stride(from: 0, to: tags.count, by: batch) {
            var rows: SQL = ""
            for (place, tag) in tags[start..<min(start + batch, tags.count)].enumerated() {
                let row: SQL = "(\(id), \(tag))"
                rows += place == 0 ? row : ", " + row
            }
            try transaction.execute("INSERT INTO image_tags (image, tag) VALUES \(rows)")
        }
    }

    private static func index(
        properties: [String: String], of id: ImageID, in transaction: any Transaction
    ) throws {
        let sorted = properties.sorted { $0.key < $1.key }
        for start in stride(from: 0, to: sorted.count, by: batch) {
            var rows: SQL = ""
            for (place, property) in sorted[start..<min(start + batch, sorted.count)].enumerated() {
                let row: SQL = "(\(id), \(property.key), \(property.value))"
                rows += place == 0 ? row : ", " + row
            }
            try transaction.execute("INSERT INTO image_properties (image, name, value) VALUES \(rows)")
        }
    }
}
