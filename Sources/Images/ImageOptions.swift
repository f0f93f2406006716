/// What an operator sets of the image service, by Glance's names.
public struct ImageOptions: Sendable {
    /// Formats that a record may name; null is always possible.
    var diskFormats = ["ami", "ari", "aki", "vhd", "vhdx", "vmdk", "raw", "qcow2", "vdi", "iso", "ploop"]
    var containerFormats = ["ami", "ari", "aki", "bare", "ovf", "ova", "docker", "compressed"]
    /// The size of the largest image in bytes.
    var largestImage = 1 << 40
    /// How many bytes a project's images may have in stores, each copy counted; nil is unlimited.
    var storageQuota: Int?
    /// How many custom properties, tags and members an image may have. A negative number is unlimited.
    var mostProperties = 128
    var mostTags = 128
    var mostMembers = 128
    /// How many images stand on a page where the caller says nothing.
    var pageSize = 25
    /// How many may stand on a page.
    var largestPage = 1000
    /// Whether data of another format than the record claims are refused; unsafe data are refused in any case.
    var requiresFormatMatch = true
    /// Whether an impossible partition table is no reason to refuse.
    var toleratesPartitionTables = false
    /// Whether an image with some of the four properties of a signature counts as one without.
    var allowsPartialSignatures = false
    /// Ways to import data that are offered.
    var importMethods = ["glance-direct", "web-download", "copy-image"]
    /// After which time data in stores are read again and held against their digests.
    var checkInterval = Duration.seconds(30 * 24 * 3600)
    /// In bytes per second, at which one replica does that; nil is as fast as it goes.
    var checkRate: Int?
    /// How long the links are good that locations show instead of addresses, where a store gives links; nil shows addresses.
    var linkLifetime: Duration?
    /// How long the receiver of an upload may be silent before the upload is given up.
    var silence = Duration.seconds(60)

    public init() {}
}
