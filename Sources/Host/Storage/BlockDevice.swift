public import Model

/// A disk, partition, or a device made of others (device mapper, RAID).
public struct BlockDevice: Sendable, Equatable {
    /// `nvme0n1p1`, `dm-0`.
    public let name: String
    /// `259:1`.
    public var number: String?
    public var path: String
    /// The disk of a partition.
    public var disk: String?
    /// Bytes.
    public var size: UInt64?
    /// What it is made of: `dm-0` of `sda2`.
    public var slaves: [String]
    /// What is made of it.
    public var holders: [String]
    /// The device mapper's name: `vg0-root`.
    var mapperName: String?
    /// Of a disk, the name that it has by whichever way it is reached: `naa.5000c500a1b2c3d4`, `eui.…`.
    public var wwid: String?
    /// The PCI functions that lead to the data; several where a drive has several controllers, or a disk several adapters.
    public var functions: [PCIAddress]
}

/// A file system in use.
public struct Mount: Sendable, Equatable {
    /// `/dev/nvme0n1p1`, or whatever the kind of file system has in its place.
    public var source: String
    public var mountPoint: String
    public var kind: String
    /// `259:1`; `0:…` for file systems over several devices or none.
    public var number: String
    /// Devices beside the source that the file system needs: its journal, its real-time area.
    public var companions: [String] = []
}

/// A file system in use over several block devices, as its own folder in sysfs lists them.
public struct SpannedFileSystem: Sendable, Equatable {
    /// `btrfs`, `bcachefs`.
    public var kind: String
    /// Names of block devices.
    public var devices: [String]
}
