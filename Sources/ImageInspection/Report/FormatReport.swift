/// What an image of one format says of itself.
public struct FormatReport: Sendable, Equatable {
    public let format: ImageFormat
    /// Bytes of the disk that a guest sees; nil where the header does not tell.
    public let virtualSize: UInt64?
    /// The type that a VMDK's descriptor names, in lower case: `streamoptimized`.
    package let subformat: String?
    /// Empty for an image that is safe.
    public let findings: [SafetyFinding]

    /// A size of zero tells nothing; one beyond 2⁶³ - 1 is no disk's.
    init(_ format: ImageFormat, virtualSize: UInt64?, subformat: String? = nil, findings: [SafetyFinding] = []) {
        self.format = format
        self.subformat = subformat
        let isImpossible = (virtualSize ?? 0) > UInt64(Int64.max)
        self.virtualSize = isImpossible || virtualSize == 0 ? nil : virtualSize
        self.findings =
            isImpossible ? findings + [SafetyFinding(.malformed, "its disk would have over 2⁶³ bytes")] : findings
    }
}
