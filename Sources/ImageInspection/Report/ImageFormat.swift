/// A format that is told by the bytes of an image, named as a disk format is. What has no other is raw.
public enum ImageFormat: String, Sendable, CaseIterable {
    case raw, qcow2, qed, vhd, vhdx, vmdk, vdi, iso, luks
    /// A partition table at the beginning: GPT with its protective MBR, or MBR alone.
    case gpt
}
