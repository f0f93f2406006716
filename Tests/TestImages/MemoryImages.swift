public import Clients
import Crypto
public import Model
import Synchronization

/// An image service within the process. It keeps the contract that a real one's client keeps.
public final class MemoryImages: ImageSource {
    private let images = Mutex<[ImageID: (record: SourceImage, data: [UInt8])]>([:])
    private let trouble = Mutex<Fault?>(nil)

    /// - Parameter images: their properties
    public init(of images: [ImageID: [String: String]]) {
        for (id, properties) in images { put(id, Array("a bitstream".utf8), properties) }
    }

    @discardableResult
    public func put(
        _ id: ImageID, _ data: [UInt8], _ properties: [String: String] = [:], status: String = "active",
        hash: (String, String)? = nil
    ) -> SourceImage {
        let hash = hash ?? ("sha512", Hexadecimal.text(of: SHA512.hash(data: data)))
        let record = SourceImage(
            id: id, status: status, size: data.count, digest: ImageDigest(hash.0, hash.1), algorithm: hash.0,
            properties: properties)
        images.withLock { $0[id] = (record, data) }
        return record
    }

    public func remove(_ id: ImageID) { images.withLock { $0[id] = nil } }

    /// What every call is answered from now on.
    public func fail(_ fault: Fault?) { trouble.withLock { $0 = fault } }

    public func image(_ id: ImageID, for behalf: Behalf) async throws(Fault) -> SourceImage {
        if let fault = trouble.withLock({ $0 }) { throw fault }
        guard let found = images.withLock({ $0[id]?.record }) else { throw .notFound("There is no image \(id).") }
        return found
    }

    public func images(
        with properties: [String: String], most: Int, for behalf: Behalf
    ) async throws(Fault) -> [SourceImage] {
        if let fault = trouble.withLock({ $0 }) { throw fault }
        let records: [SourceImage] = images.withLock { images in images.values.map(\.record) }
        let fitting = records.filter { record in
            record.status == "active"
                && properties.allSatisfy { (name: String, value: String) in record.properties[name] == value }
        }
        return Array(fitting.sorted { $0.id < $1.id }.prefix(most))
    }

    public func data(
        of image: ImageID, size: Int, digest: ImageDigest, for behalf: Behalf,
        take: @Sendable (_ piece: [UInt8]) async throws(Fault) -> Void
    ) async throws(Fault) {
        if let fault = trouble.withLock({ $0 }) { throw fault }
        guard let data = images.withLock({ $0[image]?.data }) else { throw .notFound("There is no image \(image).") }
        var running = ImageDigest.Running(digest.algorithm)
        for piece in [data.prefix(3), data.dropFirst(3)] where !piece.isEmpty {
            running.take(Array(piece))
            guard running.size <= size else { throw Self.others(image) }
            try await take(Array(piece))
        }
        guard running.size == size, running.matches(digest) else { throw Self.others(image) }
    }

    private static func others(_ image: ImageID) -> Fault {
        Fault(.badGateway, "The data of image \(image) are not those of its record.")
    }
}
