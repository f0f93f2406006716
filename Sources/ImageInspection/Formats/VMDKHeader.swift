/// The fields of a sparse extent's header that decide what is read.
struct VMDKHeader: Sendable {
    let version: UInt32
    /// Sectors of 512 bytes.
    let capacity: UInt64
    let descriptorSector: UInt64
    let descriptorLength: UInt64
    /// The sector of the grain directory.
    let directory: UInt64

    /// - Parameter bytes: 64 bytes
    init(_ bytes: [UInt8]) {
        version = bytes.little(UInt32.self, at: 4)
        capacity = bytes.little(UInt64.self, at: 12)
        descriptorSector = bytes.little(UInt64.self, at: 28)
        descriptorLength = bytes.little(UInt64.self, at: 36)
        directory = bytes.little(UInt64.self, at: 56)
    }
}
