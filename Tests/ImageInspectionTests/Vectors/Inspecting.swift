import ImageInspection

/// Inspects a whole image, cut into chunks of `length` bytes. Long stretches of zeros stay whole, to save time.
func inspect(_ bytes: [UInt8], chunk length: Int = .max) -> InspectionReport {
    var inspector = ImageInspector()
    var start = 0
    while start < bytes.count {
        let isNewStretch = length < 1024 && (start == 0 || bytes[start - 1] != 0)
        let zeros = isNewStretch ? bytes[start...].prefix { $0 == 0 }.count : 0
        let count = zeros > 2048 ? zeros - 512 : min(length, bytes.count - start)
        inspector.take(bytes.span.extracting(start..<start + count))
        start += count
    }
    return inspector.finish()
}

extension InspectionReport {
    /// The checks that failed, of the one format that the image has.
    var failed: [SafetyFinding.Check] { detected?.findings.map(\.check) ?? [] }
    var format: ImageFormat? { detected?.format }
}
