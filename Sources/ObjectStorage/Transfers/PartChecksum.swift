/// Which checksum goes with each part, beside the digest that its signature covers.
public enum PartChecksum: String, Sendable, CaseIterable {
    /// `Content-MD5`, which every store checks.
    case md5
    /// `x-amz-checksum-sha256`, which newer stores check and keep.
    case sha256
}
