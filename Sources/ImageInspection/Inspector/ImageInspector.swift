/// Inspects an image while its bytes pass, for every format at once.
///
///     var inspector = ImageInspector()
///     inspector.take(chunk)            // as often as chunks arrive, of any length
///     let report = inspector.finish()  // then a rule says whether the image is accepted
///
/// It needs no tool and no second look at a byte, and keeps at most `memoryBound` bytes: for VMDK 5,824 (64 of the header,
/// a line of the descriptor of at most 4,096, two names of types, and 1,536 of the footer), LUKS 620, VHD, VDI and
/// partition tables 512 each, ISO 130, qcow2 104, VHDX 48, QED 4. An inspector that the bytes exclude is dropped, so that an
/// image costs nothing more once its format is decided.
public struct ImageInspector: Sendable {
    private static let known: [any FormatInspector] = [
        QcowInspector(), QEDInspector(), VHDInspector(), VHDXInspector(), VMDKInspector(), VDIInspector(),
        ISOInspector(), PartitionTableInspector(), LUKSInspector(),
    ]

    /// The most bytes that it keeps of any image.
    public static let memoryBound = known.reduce(0) { $0 + type(of: $1).memoryBound }

    private var inspectors = known
    private var contents = ContentScanner()
    /// Bytes so far.
    public private(set) var size: UInt64 = 0

    public init() {}

    /// Takes the bytes that follow those before.
    public mutating func take(_ chunk: Span<UInt8>) {
        guard !chunk.isEmpty else { return }
        var isAnyExcluded = false
        for index in inspectors.indices {
            inspectors[index].take(chunk, at: size)
            if inspectors[index].match == .excluded { isAnyExcluded = true }
        }
        contents.take(chunk, at: size)
        if isAnyExcluded { inspectors.removeAll { $0.match == .excluded } }
        size += UInt64(chunk.count)
    }

    /// The formats that the image has or could still have. Raw is what remains, so it is among them until one matches.
    public var candidates: Set<ImageFormat> {
        let formats = Set(inspectors.map { type(of: $0).format })
        return inspectors.contains { $0.match == .matches } ? formats : formats.union([.raw])
    }

    /// The bytes of the image that are kept now.
    public var keptBytes: Int { inspectors.reduce(0) { $0 + $1.keptBytes } }

    /// What the bytes so far are, if nothing follows.
    public func finish() -> InspectionReport {
        let reports = inspectors.compactMap { inspector -> FormatReport? in
            inspector.match == .matches ? inspector.report(size: size) : nil
        }
        let isTable = reports.contains { $0.format == .gpt && $0.findings.isEmpty }
        let content = contents.content ?? (isTable ? .mbr : nil)
        return InspectionReport(
            size: size, matches: reports.sorted { $0.format.rawValue < $1.format.rawValue }, content: content)
    }
}
