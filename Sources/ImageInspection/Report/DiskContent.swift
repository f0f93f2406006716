/// What a raw disk begins with, told by its sign: for whoever reads why it was refused. It decides nothing.
public enum DiskContent: String, Sendable, CaseIterable, CustomStringConvertible {
    case raid = "a member of a Linux RAID"
    case lvm = "a physical volume of LVM"
    case swap = "swap space"
    case ext = "a file system of the ext family"
    case xfs = "an XFS file system"
    case btrfs = "a Btrfs file system"
    case ntfs = "an NTFS file system"
    case exfat = "an exFAT file system"
    case fat = "a FAT file system"
    case squashfs = "a SquashFS file system"
    case erofs = "an EROFS file system"
    case gpt = "a partition table of the type GPT"
    case mbr = "a partition table of the type MBR"

    public var description: String { rawValue }
}
