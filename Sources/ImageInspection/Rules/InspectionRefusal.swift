/// Why an image is refused.
public enum InspectionRefusal: Error, Sendable, Equatable, CustomStringConvertible {
    /// The data have another format than the image is said to have.
    ///
    /// - content: what a disk without a format of its own holds, where that is known
    case mismatch(claimed: String, detected: ImageFormat, content: DiskContent? = nil)
    /// The data have several formats at once, so one may hide in another.
    case ambiguous([ImageFormat])
    case failedChecks(ImageFormat, [SafetyFinding])
    /// The disk format is none that this user of images reads.
    case unsupported(claimed: String)

    public var description: String {
        switch self {
        case .mismatch(let claimed, let detected, let content):
            let holding = content.map { ": they hold \($0)" } ?? ""
            return
                "the disk format '\(claimed)' does not match the data, whose format is \(detected.rawValue)\(holding)"
        case .ambiguous(let formats):
            let names = formats.map(\.rawValue).joined(separator: ", ")
            return "the data match several formats (\(names)), and must match one"
        case .failedChecks(let format, let findings):
            let reasons = findings.map(\.reason).joined(separator: "; ")
            return "the \(format.rawValue) image failed safety checks: \(reasons)"
        case .unsupported(let claimed):
            return "images of the disk format '\(claimed)' are not supported"
        }
    }
}
