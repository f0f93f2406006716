import Synchronization

/// Which blobs are being read through this process, where a blob that is removed could not be read on.
final class BlobReadings: Sendable {
    /// Somebody reads, for as long as this is held.
    final class Reading: Sendable {
        private let blob: BlobName
        private let readings: BlobReadings

        fileprivate init(_ blob: BlobName, _ readings: BlobReadings) {
            self.blob = blob
            self.readings = readings
        }

        deinit { readings.end(blob) }
    }

    private let readers = Mutex<[BlobName: Int]>([:])

    func begin(_ blob: BlobName) -> Reading {
        readers.withLock { $0[blob, default: 0] += 1 }
        return Reading(blob, self)
    }

    /// Without their order.
    var blobs: [BlobName] { readers.withLock { Array($0.keys) } }

    private func end(_ blob: BlobName) {
        readers.withLock { readers in
            let left = (readers[blob] ?? 1) - 1
            readers[blob] = left > 0 ? left : nil
        }
    }
}
