public import Model

/// A disk, partition, or a device made of others (device mapper, RAID).
public struct BlockDevice: Sendable, Equatable {
    /// `nvme0n1p1`, `dm-0`.
    public let name: String
    /// `259:1`.
    public var number: String?
    public var path: String
    /// The disk that a partition belongs to.
    public var disk: String?
    /// Bytes.
    public var size: UInt64?
    /// The devices that it consists of: `sda2` for `dm-0`.
    package var slaves: [String]
    /// The devices that are built on it.
    public var holders: [String]
    /// The device mapper's name: `vg0-root`.
    var mapperName: String?
    /// A disk's name that does not depend on the path: `naa.5000c500a1b2c3d4`, `eui.…`.
    public var wwid: String?
    /// The PCI functions that lead to the data. There are several if a drive has several controllers, or a disk several
    /// adapters.
    public var functions: [PCIAddress]
}

/// A file system in use.
public struct Mount: Sendable, Equatable {
    /// `/dev/nvme0n1p1`, or whatever that type of file system shows instead.
    public var source: String
    package var mountPoint: String
    public var kind: String
    /// Such as `259:1`; `0:…` for file systems over several devices or none.
    public var number: String
    /// Further devices that the file system needs: its journal, its real-time area.
    public var companions: [String] = []
}

/// A file system in use over several block devices, from its own folder in sysfs.
package struct SpannedFileSystem: Sendable, Equatable {
    /// `btrfs`, `bcachefs`.
    public var kind: String
    /// Names of block devices.
    public var devices: [String]
}
