import NIOCore

/// A reader whose blob is noted as being read for as long as it, or a part of it that is being read, is there.
struct HeldReader: BlobReader {
    let inner: any BlobReader
    let reading: BlobReadings.Reading

    func pieces(of range: Range<Int>) -> @Sendable () async throws -> ByteBuffer? {
        let next = inner.pieces(of: range)
        let reading = reading
        return {
            let piece = try await next()
            withExtendedLifetime(reading) {}
            return piece
        }
    }
}
