import Clients
import Model
import Synchronization
import TestImages
import Testing

/// A real image service's answers over a real connection: records, searches by property, and data that are held against their hash.
@Suite struct RESTImageSourceTests {
    private let images = PlayedImages()
    private let id: ImageID = IDSource.random.next()
    private let data = (0..<25_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }

    private struct Token: ServiceTokens {
        let text: String
        func token() async throws(Fault) -> Secret { Secret(text) }
        func forget(_ token: Secret) {}
    }

    private static func source(_ address: String) throws(Fault) -> RESTImageSource {
        RESTImageSource(
            peer: ServicePeer(
                .image, transport: try NetworkTransport(base: address, name: "the image service"),
                tokens: Token(text: "own")))
    }

    private static let user = Behalf.user(UserToken(Secret("theirs")), afterwards: .fails)

    private func digest(_ image: SourceImage) throws -> (Int, ImageDigest) {
        (try #require(image.size), try #require(image.digest))
    }

    @Test func `a record has size, hash and properties, and is asked for with the user's token`() async throws {
        images.put(.init(id, data, ["accel:function_id": "f00d", "hw_version": "2"]))
        try await images.run { [id, data, images] address in
            let image = try await Self.source(address).image(id, for: Self.user)
            #expect(image.id == id && image.name == "bitstream" && image.status == "active")
            #expect(image.size == data.count && image.digest?.algorithm == .sha512)
            #expect(image.properties == ["accel:function_id": "f00d", "hw_version": "2"])
            #expect(images.heard.map(\.token) == ["theirs"] && images.heard.map(\.serviceToken) == ["own"])
        }
    }

    @Test func `no image is 404, and a refused user is not replaced by the service`() async throws {
        images.put(.init(id, data))
        images.hide(from: "theirs")
        try await images.run { [id, images] address in
            let source = try Self.source(address)
            let hidden = await #expect(throws: Fault.self) { try await source.image(id, for: Self.user) }
            #expect(hidden?.kind == .notFound)
            #expect(try await source.image(id, for: .service).id == id)
            images.refuse("theirs")
            let refused = await #expect(throws: Fault.self) { try await source.image(id, for: Self.user) }
            #expect(refused?.kind == .unauthorized)
        }
    }

    @Test func `images are found by their properties`() async throws {
        let other: ImageID = IDSource.random.next()
        let third: ImageID = IDSource.random.next()
        images.put(.init(id, [1], ["accel:function_id": "a b&c"]))
        images.put(.init(other, [2], ["accel:function_id": "d"]))
        var queued = PlayedImages.Image(third, [3], ["accel:function_id": "d"])
        queued.status = "queued"
        images.put(queued)
        try await images.run { [id, other] address in
            let source = try Self.source(address)
            let odd = try await source.images(with: ["accel:function_id": "a b&c"], most: 2, for: .service)
            #expect(odd.map(\.id) == [id])
            let active = try await source.images(with: ["accel:function_id": "d"], most: 2, for: .service)
            #expect(active.map(\.id) == [other])
            #expect(try await source.images(with: ["accel:function_id": "e"], most: 2, for: .service) == [])
        }
    }

    @Test func `data come in pieces and whole`() async throws {
        images.put(.init(id, data))
        try await images.run { [self] address in
            let source = try Self.source(address)
            let (size, digest) = try digest(try await source.image(id, for: .service))
            let taken = Mutex<[[UInt8]]>([])
            try await source.data(of: id, size: size, digest: digest, for: .service) { piece in
                taken.withLock { $0.append(piece) }
            }
            #expect(taken.withLock { $0.flatMap { $0 } } == data)
            #expect(taken.withLock { $0.count } > 1)
        }
    }

    @Test func `other data than the record's are refused`() async throws {
        images.put(.init(id, data))
        try await images.run { [self] address in
            let source = try Self.source(address)
            let (size, digest) = try digest(try await source.image(id, for: .service))
            func fault() async -> Fault? {
                await #expect(throws: Fault.self) {
                    try await source.data(of: id, size: size, digest: digest, for: .service) { _ in }
                }
            }
            var changed = data
            changed[17] ^= 1
            images.put(.init(id, changed))
            #expect(await fault()?.message.contains("another sha512") == true)
            images.put(.init(id, data + [0]))
            #expect(await fault()?.message.contains("more than 25000 bytes") == true)
            images.put(.init(id, Array(data.dropLast())))
            #expect(await fault()?.message.contains("24999 of 25000") == true)
            images.put(.init(id, data))
            images.breakOff(after: 10_000)
            #expect(await fault()?.kind == .unavailable)
            images.breakOff(after: nil)
            images.remove(id)
            #expect(await fault()?.kind == .notFound)
            images.fail(.forbidden("no"))
            #expect(await fault()?.kind == .forbidden)
            images.fail(.unavailable("busy"))
            #expect(await fault()?.kind == .unavailable)
        }
    }

    @Test func `a refusal to take ends the download`() async throws {
        images.put(.init(id, data))
        try await images.run { [self] address in
            let source = try Self.source(address)
            let (size, digest) = try digest(try await source.image(id, for: .service))
            let fault = await #expect(throws: Fault.self) {
                try await source.data(of: id, size: size, digest: digest, for: .service) { _ throws(Fault) in
                    throw Fault.conflict("The disk is full.")
                }
            }
            #expect(fault?.message == "The disk is full.")
        }
    }

    @Test func `a hash that does not tell contents apart counts as none`() {
        #expect(ImageDigest("md5", String(repeating: "0", count: 32)) == nil)
        #expect(ImageDigest("sha512", String(repeating: "0", count: 64)) == nil)
        #expect(ImageDigest("sha256", "../" + String(repeating: "0", count: 61)) == nil)
        #expect(ImageDigest("SHA256", String(repeating: "AB", count: 32))?.value == String(repeating: "ab", count: 32))
    }
}
