/// What a host boots from, as Nova decides; it is stricter than the image service.
package struct HostRule: Sendable {
    private static let kernels: Set<String> = ["ami", "aki", "ari"]

    private let vmdkTypes: Set<String>

    /// - Parameter vmdkTypes: the types of VMDK that are read, in any case
    public init(vmdkTypes: Set<String> = ["streamOptimized", "monolithicSparse"]) {
        self.vmdkTypes = Set(vmdkTypes.map { $0.lowercased() })
    }

    /// The data must have the claimed format, but that a raw image may have a partition table, and an image of a kernel
    /// or its parts any format.
    public func verdict(_ report: InspectionReport, diskFormat: String) -> InspectionVerdict {
        let isKernel = Self.kernels.contains(diskFormat)
        guard isKernel || ImageFormat(rawValue: diskFormat) != nil else {
            return .refused(.unsupported(claimed: diskFormat))
        }
        guard let detected = report.detected else { return .refused(.ambiguous(report.matches.map(\.format))) }
        guard detected.findings.isEmpty else {
            return .refused(.failedChecks(detected.format, report.explained(detected.findings, of: detected)))
        }
        let isWholeDisk = diskFormat == ImageFormat.raw.rawValue && detected.format == .gpt
        guard isKernel || isWholeDisk || detected.format.rawValue == diskFormat else {
            return .refused(
                .mismatch(claimed: diskFormat, detected: detected.format, content: report.content(of: detected)))
        }
        if detected.format == .vmdk, !vmdkTypes.contains(detected.subformat ?? "") {
            let reason = "its type is none that this host reads"
            return .refused(.failedChecks(.vmdk, [SafetyFinding(.descriptor, reason)]))
        }
        return .accepted(virtualSize: detected.virtualSize)
    }
}
