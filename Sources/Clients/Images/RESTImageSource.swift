import HTTPTypes
public import Model
import Synchronization

/// The image service over HTTP, whoever's it is: version 2 of its API.
public struct RESTImageSource: ImageSource {
    private let peer: ServicePeer

    /// - Parameter peer: the image service; its address is the one without a version
    public init(peer: ServicePeer) {
        self.peer = peer
    }

    public func image(_ id: ImageID, for behalf: Behalf) async throws(Fault) -> SourceImage {
        let request = peer.request(.get, "/v2/images/\(id)")
        let answer = try await peer.send(request, behalf: behalf)
        try Self.check(answer, of: id)
        return try peer.read(SourceImage.self, answer, request)
    }

    public func images(
        with properties: [String: String], most: Int, for behalf: Behalf
    ) async throws(Fault) -> [SourceImage] {
        var query = "status=active&limit=\(most)"
        for (name, value) in properties.sorted(by: { $0.key < $1.key }) {
            query += "&\(name.percentEncoded)=\(value.percentEncoded)"
        }
        let request = peer.request(.get, "/v2/images?\(query)")
        let answer = try await peer.send(request, behalf: behalf)
        return try peer.read(Images.self, answer, request).images
    }

    public func data(
        of image: ImageID, size: Int, digest: ImageDigest, for behalf: Behalf,
        take: @Sendable (_ piece: [UInt8]) async throws(Fault) -> Void
    ) async throws(Fault) {
        let request = PeerRequest(
            .get, "/v2/images/\(image)/file", headers: [.accept: "application/octet-stream"])
        let running = Mutex(ImageDigest.Running(digest.algorithm))
        let answer = try await peer.receive(request, behalf: behalf) { piece throws(Fault) in
            let arrived = running.withLock { running in
                running.take(piece)
                return running.size
            }
            guard arrived <= size else { throw Self.others(image, "there are more than \(size) bytes") }
            if !piece.isEmpty { try await take(piece) }
        }
        try Self.check(answer, of: image)
        guard (200..<300).contains(answer.status) else { throw peer.fault(answer, to: request) }
        let (arrived, isTheirs) = running.withLock { ($0.size, $0.matches(digest)) }
        guard arrived == size else { throw Self.others(image, "\(arrived) of \(size) bytes came") }
        guard isTheirs else { throw Self.others(image, "they have another \(digest.algorithm.rawValue)") }
    }

    private static func others(_ image: ImageID, _ what: String) -> Fault {
        Fault(.badGateway, "The data of image \(image) are not those of its record: \(what).")
    }

    private static func check(_ answer: PeerResponse, of id: ImageID) throws(Fault) {
        switch answer.status {
        case 404: throw .notFound("There is no image \(id) that you may see.")
        case 403: throw .forbidden("The image service does not give the data of image \(id) out to this caller.")
        default: return
        }
    }

    private struct Images: Decodable {
        let images: [SourceImage]
    }
}
