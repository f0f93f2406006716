import ImageInspection

/// Tells the format of data and holds it against the record, as Glance does.
struct FormatInspection: DataInspection {
    private let claim: DataClaim
    private let rule: UploadRule
    private var inspector = ImageInspector()

    init(_ claim: DataClaim, _ rule: UploadRule) {
        self.claim = claim
        self.rule = rule
    }

    mutating func take(_ bytes: Span<UInt8>) { inspector.take(bytes) }

    func verdict() -> DataVerdict {
        let verdict = rule.verdict(
            inspector.finish(), diskFormat: claim.diskFormat, containerFormat: claim.containerFormat)
        return switch verdict {
        // What is larger than a number of the database is no disk's.
        case .accepted(let size): .accepted(virtualSize: size.flatMap { Int(exactly: $0) })
        case .refused(let refusal): .refused("The image is refused: \(refusal).")
        }
    }
}
