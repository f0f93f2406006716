import Store

/// The tables of images.
///
/// The row of an image holds the whole record, tags and properties as JSON, so that a list is one query. `image_tags` and
/// `image_properties` hold the same once more, for filters; both are written with the row.
///
/// `image_copies` says which store has the data of which image, `image_blobs` what lies in a store. A blob without a copy is removed by
/// the sweeper. `image_uploads` are the arrivals of data that are under way, each with the last sign of life of who receives it.
enum ImageMigrations {
    public static let all: [Migration] =
        [
            Migration(room: "images", number: 1, title: "images, members and data", statements: records + data),
            Migration(room: "images", number: 2, title: "tasks", statements: tasks),
        ] + DefinitionMigrations.all + [
            Migration(
                room: "images", number: 3, title: "marks of stores, and checks of what lies in them", statements: health
            )
        ]

    private static let records = [
        """
        CREATE TABLE images (
            id TEXT PRIMARY KEY, name TEXT, status TEXT NOT NULL, visibility TEXT NOT NULL, owner TEXT,
            is_protected BIGINT NOT NULL CHECK (is_protected IN (0, 1)),
            is_hidden BIGINT NOT NULL CHECK (is_hidden IN (0, 1)),
            container_format TEXT, disk_format TEXT, min_disk BIGINT NOT NULL, min_ram BIGINT NOT NULL,
            size BIGINT, virtual_size BIGINT, checksum TEXT, hash_algorithm TEXT, hash_value TEXT,
            created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
            tags TEXT NOT NULL, properties TEXT NOT NULL, stores TEXT NOT NULL)
        """,
        "CREATE INDEX images_order ON images (created_at, id)",
        "CREATE INDEX images_owner ON images (owner, created_at, id)",
        "CREATE INDEX images_name ON images (name)",
        "CREATE INDEX images_status ON images (status)",
        """
        CREATE TABLE image_tags (
            image TEXT NOT NULL REFERENCES images (id), tag TEXT NOT NULL, PRIMARY KEY (image, tag))
        """,
        "CREATE INDEX image_tags_tag ON image_tags (tag)",
        """
        CREATE TABLE image_properties (
            image TEXT NOT NULL REFERENCES images (id), name TEXT NOT NULL, value TEXT NOT NULL,
            PRIMARY KEY (image, name))
        """,
        "CREATE INDEX image_properties_name ON image_properties (name)",
        """
        CREATE TABLE image_members (
            image TEXT NOT NULL REFERENCES images (id), member TEXT NOT NULL, status TEXT NOT NULL,
            created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, PRIMARY KEY (image, member))
        """,
        "CREATE INDEX image_members_member ON image_members (member)",
    ]

    private static let tasks = [
        """
        CREATE TABLE image_tasks (
            id TEXT PRIMARY KEY, image TEXT, type TEXT NOT NULL, status TEXT NOT NULL, owner TEXT, task_user TEXT,
            request TEXT, input TEXT NOT NULL, result TEXT, message TEXT NOT NULL, created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL, expires_at BIGINT)
        """,
        "CREATE INDEX image_tasks_image ON image_tasks (image)",
        "CREATE INDEX image_tasks_order ON image_tasks (created_at, id)",
        "CREATE INDEX image_tasks_age ON image_tasks (expires_at)",
    ]

    /// `damage` is what the last check found wrong with a blob, `check_until` until when a replica checks it, `repair` the upload that
    /// brings it in place of a damaged one, `held_until` until when somebody reads it.
    private static let health = [
        """
        CREATE TABLE image_stores (
            name TEXT PRIMARY KEY, mark TEXT NOT NULL, is_marked BIGINT NOT NULL CHECK (is_marked IN (0, 1)))
        """,
        "ALTER TABLE image_blobs ADD COLUMN checked_at BIGINT NOT NULL DEFAULT 0",
        "ALTER TABLE image_blobs ADD COLUMN check_until BIGINT NOT NULL DEFAULT 0",
        "ALTER TABLE image_blobs ADD COLUMN damage TEXT",
        "ALTER TABLE image_blobs ADD COLUMN repair TEXT",
        "ALTER TABLE image_blobs ADD COLUMN leaving_at BIGINT NOT NULL DEFAULT 0",
        "ALTER TABLE image_blobs ADD COLUMN held_until BIGINT NOT NULL DEFAULT 0",
        "CREATE INDEX image_blobs_checked ON image_blobs (checked_at, store, blob)",
        "CREATE INDEX image_blobs_damaged ON image_blobs (store, blob) WHERE damage IS NOT NULL",
    ]

    private static let data = [
        """
        CREATE TABLE image_blobs (
            store TEXT NOT NULL, blob TEXT NOT NULL, digest TEXT NOT NULL, size BIGINT NOT NULL,
            is_leaving BIGINT NOT NULL CHECK (is_leaving IN (0, 1)), PRIMARY KEY (store, blob))
        """,
        "CREATE INDEX image_blobs_digest ON image_blobs (store, digest)",
        "CREATE INDEX image_blobs_leaving ON image_blobs (is_leaving)",
        """
        CREATE TABLE image_copies (
            image TEXT NOT NULL REFERENCES images (id), store TEXT NOT NULL, blob TEXT NOT NULL, upload TEXT,
            created_at BIGINT NOT NULL, PRIMARY KEY (image, store),
            FOREIGN KEY (store, blob) REFERENCES image_blobs (store, blob))
        """,
        "CREATE INDEX image_copies_blob ON image_copies (store, blob)",
        "CREATE INDEX image_copies_upload ON image_copies (upload) WHERE upload IS NOT NULL",
        """
        CREATE TABLE image_uploads (
            id TEXT PRIMARY KEY, image TEXT NOT NULL REFERENCES images (id), store TEXT NOT NULL,
            seen_at BIGINT NOT NULL, is_import BIGINT NOT NULL CHECK (is_import IN (0, 1)))
        """,
        "CREATE INDEX image_uploads_image ON image_uploads (image)",
        "CREATE INDEX image_uploads_age ON image_uploads (seen_at)",
    ]
}
