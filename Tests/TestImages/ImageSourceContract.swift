import Clients
import Model
import Synchronization
public import Testing

/// What every source of images does, whether it is in process or behind HTTP: one case of the contract.
public struct ImageSourceContract: Sendable, CustomTestStringConvertible {
    public let testDescription: String
    private let body: @Sendable (ImageSourceUnderTest) async throws -> Void

    private init(_ description: String, _ body: @escaping @Sendable (ImageSourceUnderTest) async throws -> Void) {
        testDescription = description
        self.body = body
    }

    public func check(_ images: ImageSourceUnderTest) async throws { try await body(images) }

    public static let all = records + downloads

    private static let data = (0..<2500).map { UInt8(truncatingIfNeeded: $0 &* 31) }

    private static let records = [
        ImageSourceContract("a record has size, hash and properties") { images in
            let id: ImageID = IDSource.random.next()
            images.put(.init(id, data, ["accel:function_id": "f00d", "hw_version": "2"]))
            let image = try await images.source.image(id, for: .service)
            #expect(image.id == id && image.status == "active" && image.size == data.count)
            #expect(image.digest?.algorithm == .sha512)
            #expect(image.properties == ["accel:function_id": "f00d", "hw_version": "2"])
        },
        ImageSourceContract("an image that is not there is 404") { images in
            await refuses(.notFound) { _ = try await images.source.image(IDSource.random.next(), for: .service) }
        },
        ImageSourceContract("active images are found by all of their properties") { images in
            let ids: [ImageID] = (0..<4).map { _ in IDSource.random.next() }
            images.put(.init(ids[0], [1], ["a": "x y&z", "b": "1"]))
            images.put(.init(ids[1], [2], ["a": "x y&z", "b": "2"]))
            images.put(.init(ids[2], [3], ["a": "w"]))
            var queued = PlayedImages.Image(ids[3], [4], ["a": "x y&z", "b": "1"])
            queued.status = "queued"
            images.put(queued)
            func found(_ properties: [String: String], most: Int = 9) async throws -> [ImageID] {
                try await images.source.images(with: properties, most: most, for: .service).map(\.id)
            }
            let (both, one) = (try await found(["a": "x y&z"]), try await found(["a": "x y&z", "b": "1"]))
            #expect(Set(both) == Set(ids.prefix(2)) && one == [ids[0]])
            let (bounded, none) = (try await found(["a": "x y&z"], most: 1), try await found(["a": "none"]))
            #expect(bounded.count == 1 && none == [])
        },
    ]

    private static let downloads = [
        ImageSourceContract("data come whole") { images in
            let (id, record) = try await stored(images)
            let taken = Mutex<[UInt8]>([])
            try await download(id, record, images) { piece in taken.withLock { $0 += piece } }
            #expect(taken.withLock { $0 } == data)
        },
        ImageSourceContract("data that are not the record's are 502, and no byte too many is handed over") { images in
            let (id, record) = try await stored(images)
            var changed = data
            changed[17] ^= 1
            for other in [changed, data + [0], Array(data.dropLast()), []] {
                images.put(.init(id, other))
                let count = Mutex(0)
                await refuses(.badGateway) {
                    try await download(id, record, images) { piece in count.withLock { $0 += piece.count } }
                }
                #expect(count.withLock { $0 } <= data.count)
            }
        },
        ImageSourceContract("data of an image that is gone are 404") { images in
            let (id, record) = try await stored(images)
            images.remove(id)
            await refuses(.notFound) { try await download(id, record, images) { _ in } }
        },
        ImageSourceContract("a refusal to take ends the download") { images in
            let (id, record) = try await stored(images)
            await refuses(.conflict) {
                try await download(id, record, images) { _ throws(Fault) in throw Fault.conflict("The disk is full.") }
            }
        },
    ]

    private static func stored(_ images: ImageSourceUnderTest) async throws -> (ImageID, SourceImage) {
        let id: ImageID = IDSource.random.next()
        images.put(.init(id, data))
        return (id, try await images.source.image(id, for: .service))
    }

    private static func download(
        _ id: ImageID, _ record: SourceImage, _ images: ImageSourceUnderTest,
        _ take: @Sendable (_ piece: [UInt8]) async throws(Fault) -> Void
    ) async throws {
        let (size, digest) = (try #require(record.size), try #require(record.digest))
        try await images.source.data(of: id, size: size, digest: digest, for: .service, take: take)
    }

    private static func refuses(_ kind: Fault.Kind, _ call: () async throws -> Void) async {
        let fault = await #expect(throws: Fault.self) { try await call() }
        #expect(fault?.kind == kind, "\(fault?.message ?? "")")
    }
}
