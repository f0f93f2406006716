import Model
import ObjectStorage
import Settings

/// One store, as `image.stores` describes it. Keys that Glance has carry its names.
struct StoreSettings: Sendable {
    enum Medium: Sendable {
        case folder(String, isShared: Bool)
        case bucket(Bucket)
    }

    struct Bucket: Sendable {
        let host: String
        let place: BucketPlace
        let credentials: ObjectCredentials
        let certificateAuthority: String?
        let checksum: PartChecksum
        let prefix: String
        /// In bytes.
        let partSize: Int
    }

    let name: StoreName
    let text: String?
    let weight: Int
    let medium: Medium

    static let path = "image.stores"
    static let summary =
        "Stores of data, each a mapping with `name`, `type` (file, shared or s3), `store_description` and `weight`. "
        + "A file or shared store has `filesystem_store_datadir`; shared is a folder that several machines use. An s3 store has "
        + "`s3_store_host`, `s3_store_bucket`, `s3_store_access_key`, `s3_store_secret_key_file`, and may have `s3_store_region_name`, "
        + "`s3_store_bucket_url_format` (path or virtual), `s3_store_prefix`, `s3_store_cacert`, "
        + "`s3_store_large_object_chunk_size` (MiB), `s3_store_checksum` (md5 or sha256). If it is not set, there is one store, file, in "
        + "`filesystem_store_datadir`."

    /// All stores; what is wrong with one is recorded, and it is left out.
    static func list(_ reader: inout SettingsReader) -> [StoreSettings] {
        var stores: [StoreSettings] = []
        for value in reader.mappings(path, summary) {
            var fields = StoreFields(value)
            guard let store = StoreSettings(&fields, &reader) else {
                reader.refuse(path, fields.problem ?? "has a store that cannot be read")
                continue
            }
            if let unknown = fields.unread {
                reader.refuse(path, "has '\(unknown)' in the store '\(store.name)', which is not a key of its type")
            }
            if stores.contains(where: { $0.name == store.name }) {
                reader.refuse(path, "has two stores named '\(store.name)'")
                continue
            }
            stores.append(store)
        }
        return stores
    }

    /// Nil where something is wrong, which `fields` then says.
    private init?(_ fields: inout StoreFields, _ reader: inout SettingsReader) {
        guard let name = fields.storeName(), let type = fields.word("type", of: ["file", "shared", "s3"]),
            let weight = fields.number("weight", in: -1000...1000, default: 0)
        else { return nil }
        self.name = StoreName(name)
        self.weight = weight
        text = fields.optional("store_description")
        switch type {
        case "s3":
            guard let bucket = Bucket(&fields, &reader) else { return nil }
            medium = .bucket(bucket)
        default:
            guard let folder = fields.required("filesystem_store_datadir") else { return nil }
            guard folder.hasPrefix("/") else {
                fields.fail("filesystem_store_datadir", "must be an absolute path")
                return nil
            }
            medium = .folder(folder, isShared: type == "shared")
        }
    }
}

extension StoreSettings.Bucket {
    fileprivate init?(_ fields: inout StoreFields, _ reader: inout SettingsReader) {
        guard let host = fields.required("s3_store_host"), let bucket = fields.required("s3_store_bucket"),
            let key = fields.required("s3_store_access_key"), let file = fields.required("s3_store_secret_key_file"),
            let style = fields.word("s3_store_bucket_url_format", of: ["path", "virtual"], default: "path"),
            let checksum = fields.word("s3_store_checksum", of: ["md5", "sha256"], default: "md5"),
            let part = fields.number("s3_store_large_object_chunk_size", in: 5...512, default: 8)
        else { return nil }
        let address = host.contains("://") ? host : "https://\(host)"
        guard
            let place = BucketPlace(
                address: address, bucket: bucket, region: fields.optional("s3_store_region_name") ?? "us-east-1",
                style: BucketPlace.Style(rawValue: style) ?? .path)
        else {
            fields.fail(
                "s3_store_host", "must be an http or https address, and s3_store_bucket the name of a bucket")
            return nil
        }
        guard let secret = reader.secret(at: file, namedBy: StoreSettings.path) else {
            fields.fail("s3_store_secret_key_file", "must name the file with the secret key")
            return nil
        }
        let prefix = fields.optional("s3_store_prefix") ?? ""
        self.init(
            host: address, place: place, credentials: ObjectCredentials(accessKey: key, secretKey: secret),
            certificateAuthority: fields.optional("s3_store_cacert"),
            checksum: PartChecksum(rawValue: checksum) ?? .md5,
            prefix: prefix.isEmpty || prefix.hasSuffix("/") ? prefix : prefix + "/", partSize: part << 20)
    }
}
