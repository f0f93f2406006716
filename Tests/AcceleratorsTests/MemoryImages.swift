import Clients
import Crypto
import Model
import Synchronization

/// An image service within the process.
final class MemoryImages: ImageSource {
    private let images = Mutex<[ImageID: (record: SourceImage, data: [UInt8])]>([:])
    private let trouble = Mutex<Fault?>(nil)

    static let id = ImageID("20000000-0000-4000-8000-000000000001") ?? IDSource.random.next()

    /// With one image of the function that reports have afterwards.
    init(_ properties: [String: String] = ["accel:function_id": FPGAReports.after]) {
        put(Self.id, Array("a bitstream".utf8), properties)
    }

    @discardableResult
    func put(
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

    /// What every call is answered from now on.
    func fail(_ fault: Fault?) { trouble.withLock { $0 = fault } }

    func image(_ id: ImageID, for behalf: Behalf) async throws(Fault) -> SourceImage {
        if let fault = trouble.withLock({ $0 }) { throw fault }
        guard let found = images.withLock({ $0[id]?.record }) else { throw .notFound("There is no image \(id).") }
        return found
    }

    func images(
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

    func data(
        of image: ImageID, size: Int, digest: ImageDigest, for behalf: Behalf,
        take: @Sendable (_ piece: [UInt8]) async throws(Fault) -> Void
    ) async throws(Fault) {
        if let fault = trouble.withLock({ $0 }) { throw fault }
        guard let data = images.withLock({ $0[image]?.data }) else { throw .notFound("There is no image \(image).") }
        for piece in [data.prefix(3), data.dropFirst(3)] where !piece.isEmpty { try await take(Array(piece)) }
    }
}
