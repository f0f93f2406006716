import Model
import Store

/// How many bytes a project's images may have in stores, each copy counted: Glance's `user_storage_quota`. Beside the unified limits, which
/// compare before data come, it holds for data of any size that nobody announced.
struct StorageQuota: Sendable {
    /// In bytes; nil is unlimited.
    let most: Int?

    /// What the image's project may still store; nil is unlimited. Less than nothing where an operator has lowered the quota.
    func left(for image: Image, in transaction: any Transaction) throws -> Int? {
        guard let most, let owner = image.owner else { return nil }
        return try most - ImageLimits.storedBytes(of: [owner], in: transaction)
    }

    /// Throws 413 where data of the size do not fit.
    ///
    /// - Parameter size: nil where it is not known, and something must be left
    func check(_ size: Int?, of image: Image, in transaction: any Transaction) throws {
        guard let left = try left(for: image, in: transaction) else { return }
        if let size, size > left { throw Self.full("The size of the data \(size) will exceed the limit.", left) }
        if size == nil, left <= 0 { throw Self.full("The size of the data is not known, and nothing is left.", left) }
    }

    /// Counts what comes while it comes.
    struct Meter: Sendable {
        let left: Int?
        private var taken = 0

        init(left: Int?) { self.left = left }

        /// Throws 413 for the first byte that does not fit.
        mutating func take(_ count: Int) throws(Fault) {
            taken += count
            guard let left, taken > left else { return }
            throw StorageQuota.full("The size of the data will exceed the limit.", left)
        }
    }

    private static func full(_ reason: String, _ left: Int) -> Fault {
        Fault(.tooLarge, "\(reason) \(max(0, left)) bytes remaining.")
    }
}
