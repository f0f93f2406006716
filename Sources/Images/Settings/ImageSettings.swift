import Model
import Settings

/// The image service. Keys that Glance has carry its names.
struct ImageSettings: Sendable {
    /// Whether limits apply to projects.
    enum Limits: String, Sendable, CaseIterable {
        case off
        /// By the unified limits of the identity service, embedded or a Keystone's.
        case unified
    }

    /// Folder of the data where there is one store; nil where it is not set.
    let folder: String?
    /// Empty where there is one store, in `folder`.
    let stores: [StoreSettings]
    /// The name of the default store; nil is the first.
    let defaultStore: String?
    /// Zero is never.
    let checkInterval: Duration
    /// In MiB per second.
    let checkRate: Int
    /// Zero is none.
    let linkLifetime: Duration
    let largestImage: Int
    /// Nil is unlimited.
    let storageQuota: Int?
    let mostProperties: Int
    let mostTags: Int
    let mostMembers: Int
    let pageSize: Int
    let largestPage: Int
    let diskFormats: [String]
    let containerFormats: [String]
    let uploadSilence: Duration
    let requiresFormatMatch: Bool
    let toleratesPartitionTables: Bool
    let allowsPartialSignatures: Bool
    let importMethods: [String]
    /// Where images may be fetched from by `web-download`; empty is anywhere.
    let allowedHosts: [String]
    let refusedHosts: [String]
    let limits: Limits

    private static let knownMethods = ["glance-direct", "web-download", "copy-image"]

    init(_ reader: inout SettingsReader) {
        folder = reader.optionalText(
            "image.filesystem_store_datadir",
            "Folder of the images' data where there is one store; every replica needs the same one. If neither it nor stores is set, "
                + "the folder is beside an SQLite database.")
        stores = StoreSettings.list(&reader)
        defaultStore = reader.optionalText(
            "image.default_backend",
            "Name of the store for data whose request names no store. The default is the first of stores.")
        checkInterval = reader.duration(
            "image.check_interval",
            "How often stored data are read and compared with their digests; 0s means never.",
            default: "30d")
        checkRate = reader.number(
            "image.check_rate", "How fast a replica reads stored data again, in MiB per second.", in: 1...100_000,
            default: 16)
        linkLifetime = reader.duration(
            "image.location_link_lifetime",
            "Lifetime of the signed links that GET …/locations gives for data in s3 stores, at most 7d. A link gives access to the data "
                + "without keys. With 0s the response has addresses instead.", default: "0s")
        largestImage = reader.number(
            "image.image_size_cap", "Maximum size of an image in bytes.", in: 1...1 << 53, default: 1 << 40)
        storageQuota = Self.storageQuota(&reader)
        mostProperties = reader.number(
            "image.image_property_quota", "Custom properties that an image may have; -1 means unlimited.",
            in: -1...1_000_000, default: 128)
        mostTags = reader.number(
            "image.image_tag_quota", "Tags that an image may have; -1 means unlimited.", in: -1...1_000_000,
            default: 128)
        mostMembers = reader.number(
            "image.image_member_quota", "Projects with which an image may be shared; -1 means unlimited.",
            in: -1...1_000_000, default: 128)
        pageSize = reader.number(
            "image.limit_param_default", "Number of images on a page of a list if the request names no limit.",
            in: 1...10_000,
            default: 25)
        largestPage = reader.number(
            "image.api_limit_max", "Maximum number of images on a page of a list.", in: 1...10_000, default: 1000)
        diskFormats = reader.texts(
            "image.disk_formats", "Disk formats that an image may have.",
            default: ["ami", "ari", "aki", "vhd", "vhdx", "vmdk", "raw", "qcow2", "vdi", "iso", "ploop"])
        containerFormats = reader.texts(
            "image.container_formats", "Container formats that an image may have.",
            default: ["ami", "ari", "aki", "bare", "ovf", "ova", "docker", "compressed"])
        uploadSilence = reader.duration(
            "image.upload_silence",
            "How long a replica that receives data may report no progress before the upload is ended and its data are removed.",
            default: "60s")
        requiresFormatMatch = reader.boolean(
            "image.require_image_format_match",
            "Whether data of another format than the image's disk format are refused; unsafe data are refused in any case.",
            default: true)
        toleratesPartitionTables = reader.boolean(
            "image.gpt_safety_checks_nonfatal", "Whether data with an impossible partition table are accepted.",
            default: false)
        allowsPartialSignatures = reader.boolean(
            "image.allow_partial_signatures",
            "Whether an image with some of the four properties of a signature, and not all, is stored without being verified, as in "
                + "Glance. Otherwise its data are refused.", default: false)
        importMethods = reader.texts(
            "image.enabled_import_methods", "Import methods that are offered.", default: Self.knownMethods)
        allowedHosts = reader.texts(
            "image.allowed_hosts",
            "The only hosts from which web-download fetches images; they may have internal addresses. If the list is empty, any "
                + "host with an external address is allowed.")
        refusedHosts = reader.texts(
            "image.disallowed_hosts", "Hosts from which web-download does not fetch images.")
        limits = reader.choice(
            "image.limits",
            "Whether the identity service's unified limits apply to projects: image_size_total and image_stage_total in MiB, "
                + "image_count_total, image_count_uploading. A resource without a registered limit then has the limit 0.",
            default: .off)
        refuse(&reader)
    }

    private static func storageQuota(_ reader: inout SettingsReader) -> Int? {
        let key = "image.user_storage_quota"
        let text = reader.text(
            key,
            "How much the images of a project may have in all stores together: a number of bytes, or one with KB, MB, GB or TB. Data that "
                + "would pass it are refused. 0 means unlimited.", default: "0")
        guard let size = StorageSize(text) else {
            reader.refuse(key, "is '\(text)'; it must be a number, perhaps with B, KB, MB, GB or TB, such as 500GB")
            return nil
        }
        return size.bytes > 0 ? size.bytes : nil
    }

    /// What single keys do not show.
    private func refuse(_ reader: inout SettingsReader) {
        for method in importMethods where !Self.knownMethods.contains(method) {
            reader.refuse(
                "image.enabled_import_methods",
                "names '\(method)'; it must be of \(Self.knownMethods.joined(separator: ", "))")
        }
        if let defaultStore, !stores.contains(where: { $0.name.text == defaultStore }) {
            reader.refuse("image.default_backend", "is '\(defaultStore)', which is not the name of one of image.stores")
        }
        if folder != nil, !stores.isEmpty {
            reader.refuse("image.filesystem_store_datadir", "and image.stores exclude each other; use stores")
        }
        if linkLifetime > .seconds(7 * 24 * 3600) {
            reader.refuse("image.location_link_lifetime", "must be 7d or shorter")
        }
        if checkInterval > .zero, checkInterval < .seconds(60) {
            reader.refuse("image.check_interval", "must be 60s or longer, or 0s for never")
        }
        if uploadSilence < .seconds(6) { reader.refuse("image.upload_silence", "must be 6s or longer") }
    }
}
