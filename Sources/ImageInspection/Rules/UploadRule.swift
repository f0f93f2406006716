/// What the image service stores, as Glance decides.
public struct UploadRule: Sendable {
    /// Data of another format, or of several, are refused. Without it they are stored unless they are unsafe.
    private let requiresMatch: Bool
    /// An impossible partition table is no reason to refuse.
    private let toleratesPartitionTables: Bool

    public init(requiresMatch: Bool = true, toleratesPartitionTables: Bool = false) {
        self.requiresMatch = requiresMatch
        self.toleratesPartitionTables = toleratesPartitionTables
    }

    /// Only what lies bare in its container is inspected. A raw image may hold any one format that is safe: guests read
    /// its bytes as they are, and its disk has as many bytes as the image. Disk formats that cannot be recognised, such
    /// as `ami` and `ploop`, may hold only what has no other format.
    public func verdict(
        _ report: InspectionReport, diskFormat: String, containerFormat: String
    ) -> InspectionVerdict {
        guard containerFormat == "bare" else { return .accepted(virtualSize: nil) }
        guard let detected = report.detected else { return ambiguous(report) }
        let size: UInt64?
        if diskFormat == detected.format.rawValue {
            size = detected.virtualSize
        } else if diskFormat == ImageFormat.raw.rawValue {
            size = report.size
        } else if requiresMatch && !(detected.format == .raw && ImageFormat(rawValue: diskFormat) == nil) {
            return .refused(
                .mismatch(claimed: diskFormat, detected: detected.format, content: report.content(of: detected)))
        } else {
            size = nil
        }
        let findings = fatal(detected)
        guard !findings.isEmpty else { return .accepted(virtualSize: size) }
        return .refused(.failedChecks(detected.format, report.explained(findings, of: detected)))
    }

    private func ambiguous(_ report: InspectionReport) -> InspectionVerdict {
        if requiresMatch { return .refused(.ambiguous(report.matches.map(\.format))) }
        for match in report.matches where !fatal(match).isEmpty {
            return .refused(.failedChecks(match.format, fatal(match)))
        }
        return .accepted(virtualSize: nil)
    }

    private func fatal(_ report: FormatReport) -> [SafetyFinding] {
        report.findings.filter { !($0.check == .mbr && toleratesPartitionTables) }
    }
}
