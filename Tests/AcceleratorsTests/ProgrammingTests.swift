import Accelerators
import Clients
import Fleet
import Foundation
import HTTPTypes
import Link
import Model
import Synchronization
import TestImages
import TestJSON
import TestStore
import Testing
import Workflows

/// Images that are loaded onto devices by `PATCH …/program`: from an image service over HTTP, by a host that the test plays.
@Suite struct ProgrammingTests {
    private static let after = FPGAReports.after

    private struct Own: ServiceTokens {
        func token() async throws(Fault) -> Secret { Secret("cyborg") }
        func forget(_ token: Secret) {}
    }

    static func body(_ image: ImageID) -> JSON {
        [["path": "/program", "op": "replace", "value": [["image_uuid": .text("\(image)")]]]]
    }

    static func deployable(_ fixture: AcceleratorFixture) async throws -> JSON {
        try await fixture.call(.get, "/v2/deployables").json["deployables"][0]
    }

    private func program(
        _ fixture: AcceleratorFixture, _ image: ImageID = MemoryImages.id, version: String? = "2.6"
    ) async throws -> Answer {
        let id = try await Self.deployable(fixture)["uuid"].text
        return try await fixture.call(.patch, "/v2/deployables/\(id)/program", Self.body(image), version: version)
    }

    private func shown(_ fixture: AcceleratorFixture) async throws -> JSON {
        let id = try await Self.deployable(fixture)["uuid"].text
        return try await fixture.call(.get, "/v2/deployables/\(id)/programmings", version: "2.6").json["programmings"]
    }

    /// The host fetches, and loads as told.
    private func host(_ fixture: AcceleratorFixture, _ record: ProgrammingRecord) async throws {
        await fixture.engine.runDue()
        let fetch = try #require(try await fixture.work().first)
        #expect(fetch.kind == .fetch)
        try await fixture.finish(fetch)
        let load = try #require(try await fixture.work().first)
        #expect(load.kind == .program && load.image == fetch.image && load.driver == "intel_fpga")
        try await fixture.finish(load, .programmed(record))
    }

    private func fixture(_ images: MemoryImages = MemoryImages(), units: Int = 1) async throws -> AcceleratorFixture {
        let fixture = try await AcceleratorFixture(images: images)
        try await fixture.report(FPGAReports.host(units: units))
        return fixture
    }

    @Test func `an image of a real service is loaded, step by step`() async throws {
        let images = PlayedImages()
        let id = MemoryImages.id
        let data = (0..<5000).map { UInt8(truncatingIfNeeded: $0) }
        images.put(.init(id, data, ["accel:function_id": Self.after.lowercased(), "accel:vendor": "0x8086"]))
        try await images.run { [self] address in
            let peer = ServicePeer(
                .image, transport: try NetworkTransport(base: address, name: "the image service"), tokens: Own())
            let fixture = try await AcceleratorFixture(images: RESTImageSource(peer: peer))
            try await fixture.report(FPGAReports.host())
            let begun = try await program(fixture, id)
            #expect(begun.status == 202)
            #expect(begun.json["status"] == "accepted" && begun.json["image_uuid"].text == "\(id)")
            // Nobody else is placed on it meanwhile.
            #expect(try await fixture.withheld() == [Reports.provider(1)])
            #expect(try await program(fixture, id).fault.contains("is being programmed"))
            await fixture.engine.runDue()
            #expect(try await shown(fixture)[0]["status"] == "fetching")
            let fetch = try #require(try await fixture.work().first)
            #expect(try await fixture.service.fleet.data(of: fetch.item) != nil)
            #expect(fetch.kind == .fetch && fetch.image?.size == data.count)
            try await fixture.finish(fetch)
            #expect(try await shown(fixture)[0]["status"] == "programming")
            let load = try #require(try await fixture.work().first)
            try await fixture.finish(load, .programmed(ProgrammingRecord(logic: Self.after.lowercased())))
            let result = try await shown(fixture)[0]
            #expect(result["status"] == "done" && result["logic_id"].text == Self.after.lowercased())
            #expect(result["uuid"] == begun.json["uuid"])
            #expect(try await Self.deployable(fixture)["bitstream_id"].text == "\(id)")
            #expect(try await fixture.withheld() == [])
            #expect(try await fixture.openWorkflows() == [])
            #expect(try await fixture.handleStates() == ["available": 1])
            #expect(images.heard.map(\.token).allSatisfy { $0 == "cyborg" })
        }
    }

    @Test func `before 2_6 the response comes with the image on the device`() async throws {
        for failure in [nil, "the tool says no"] as [String?] {
            let fixture = try await fixture()
            async let answer = program(fixture, version: nil)
            while try await fixture.work().isEmpty {
                await fixture.engine.runDue()
                await Task.yield()
            }
            try await host(fixture, ProgrammingRecord(logic: failure == nil ? Self.after : nil, failure: failure))
            let ended = try await answer
            #expect(ended.status == (failure == nil ? 200 : 500))
            if let failure {
                #expect(ended.fault.contains(failure))
            } else {
                #expect(ended.json["bitstream_id"].text == "\(MemoryImages.id)")
            }
        }
    }

    @Test func `what became of it is not there before 2_6`() async throws {
        let fixture = try await fixture()
        let id = try await Self.deployable(fixture)["uuid"].text
        #expect(try await fixture.call(.get, "/v2/deployables/\(id)/programmings", version: "2.5").status == 404)
        let none = "/v2/deployables/\(Reports.provider(99))/programmings"
        #expect(try await fixture.call(.get, none, version: "2.6").status == 404)
    }

    @Test func `a held device is refused, and so is one that its host does not have`() async throws {
        let fixture = try await fixture(units: 2)
        try await fixture.profile("p")
        let ids = try await fixture.requests("p")
        try await fixture.bind(ids, instance: Reports.instance(1), provider: Reports.provider(1))
        let held = try await program(fixture)
        #expect(held.status == 409 && held.fault.contains("is held"), "\(held.fault)")
        try await fixture.call(.delete, "/v2/accelerator_requests/\(ids[0])", as: .memberThroughService)
        let cleaned = try await program(fixture)
        #expect(cleaned.status == 409 && cleaned.fault.contains("being cleaned"), "\(cleaned.fault)")
        await fixture.engine.runDue()
        #expect(try await fixture.openWorkflows() == ["accelerators.clean"])
    }

    @Test func `a device that is being programmed is not bound`() async throws {
        let fixture = try await fixture()
        try await fixture.profile("p")
        let ids = try await fixture.requests("p")
        #expect(try await program(fixture).status == 202)
        let bound = try await fixture.bind(ids, instance: Reports.instance(1), provider: Reports.provider(1))
        #expect(bound.status == 409 && bound.fault.contains("being programmed"), "\(bound.fault)")
    }

    @Test func `a driver that cannot, an agent that does not say, and a cloud without images are refused`() async throws
    {
        for programs in [false, nil] as [Bool?] {
            let fixture = try await AcceleratorFixture(images: MemoryImages())
            try await fixture.report(FPGAReports.host(programs: programs))
            let refused = try await program(fixture)
            #expect(refused.status == 409 && refused.fault.contains("cannot program"))
        }
        let fixture = try await AcceleratorFixture()
        try await fixture.report(FPGAReports.host())
        let refused = try await program(fixture)
        #expect(refused.status == 409 && refused.fault.contains("No image service is configured"))
    }

    @Test func `an image that cannot be loaded is refused before anything happens`() async throws {
        let images = MemoryImages()
        let fixture = try await fixture(images)
        let odd: ImageID = IDSource.random.next()
        func refusal() async throws -> String {
            let answer = try await program(fixture, odd)
            #expect(answer.status == 409 || answer.status == 400, "\(answer.status)")
            return answer.fault
        }
        #expect(try await program(fixture, odd).status == 404)
        images.put(odd, [1], status: "queued")
        #expect(try await refusal().contains("only an active image"))
        images.put(odd, [])
        #expect(try await refusal().contains("no data"))
        images.put(odd, [1], hash: ("md5", String(repeating: "0", count: 32)))
        #expect(try await refusal().contains("hashed with 'md5'"))
        for (name, value, reason) in [
            ("accel:type", "GPU", "type"), ("accel:driver", "xilinx_fpga_driver", "driver"),
            ("accel:vendor", "10ee", "vendor"), ("accel:board", "U250", "board"),
            ("accel:region_id", Self.after, "region"),
        ] {
            images.put(odd, [1], [name: value])
            #expect(try await refusal().contains(reason), "\(name)")
        }
        images.put(odd, [1], ["img_signature": "AAAA"])
        #expect(try await refusal().contains("is not verified"))
        images.fail(.unavailable("gone"))
        #expect(try await program(fixture, odd).status == 503)
        #expect(try await fixture.openWorkflows() == [])
        #expect(try await shown(fixture).array.isEmpty)
    }

    @Test func `an image for this very device is not refused`() async throws {
        let fitting = [
            "accel:type": "fpga", "driver": "intel_fpga_driver", "vendor": "Intel", "board": "0x09C4",
            "region_uuid": "9926ab6d-6c92-5a68-aabc-a7d84c545738", "function_uuid": Self.after,
        ]
        #expect(try await program(fixture(MemoryImages(fitting))).status == 202)
    }

    @Test func `after a failure the device has what it had, or nobody gets it`() async throws {
        // It says itself that it has what it had.
        var fixture = try await fixture()
        #expect(try await program(fixture).status == 202)
        try await host(fixture, ProgrammingRecord(logic: FPGAReports.before.lowercased(), failure: "bad header"))
        #expect(try await shown(fixture)[0]["reason"] == "bad header")
        #expect(try await fixture.handleStates() == ["available": 1])
        // It does not say, or has something else.
        for record in [
            ProgrammingRecord(failure: "bad header"), ProgrammingRecord(logic: "00ff", failure: "bad header"),
            ProgrammingRecord(logic: "00ff"),
        ] {
            fixture = try await self.fixture(units: 2)
            #expect(try await program(fixture).status == 202)
            try await host(fixture, record)
            #expect(try await shown(fixture)[0]["status"] == "failed")
            #expect(try await fixture.handleStates() == ["error": 2])
            #expect(try await fixture.withheld() == [Reports.provider(1)])
            #expect(try await fixture.openWorkflows() == [])
            #expect(try await Self.deployable(fixture)["bitstream_id"] == .null)
        }
    }

    @Test func `data that do not come leave the device as it was`() async throws {
        let fixture = try await fixture()
        #expect(try await program(fixture).status == 202)
        await fixture.engine.runDue()
        try await fixture.finish(try #require(try await fixture.work().first), .failed("no room"))
        #expect(try await shown(fixture)[0]["reason"] == "no room")
        #expect(try await fixture.handleStates() == ["available": 1])
        #expect(try await fixture.work() == [])
        #expect(try await fixture.withheld() == [])
    }

    @Test(arguments: [false, true]) func `a host that never answers is given up`(isLoading: Bool) async throws {
        let fixture = try await fixture()
        #expect(try await program(fixture).status == 202)
        await fixture.engine.runDue()
        if isLoading { try await fixture.finish(try #require(try await fixture.work().first)) }
        fixture.clock.advance(.seconds(901))
        await fixture.engine.runDue()
        #expect(try await shown(fixture)[0]["status"] == "failed")
        #expect(try await fixture.work() == [])
        // What it was doing, nobody knows.
        #expect(try await fixture.handleStates() == [(isLoading ? "error" : "available"): 1])
    }

    @Test func `an image whose data changed is not given to the host`() async throws {
        let images = MemoryImages()
        let fixture = try await fixture(images)
        #expect(try await program(fixture).status == 202)
        await fixture.engine.runDue()
        let fetch = try #require(try await fixture.work().first)
        images.put(MemoryImages.id, Array("another".utf8))
        let fault = await #expect(throws: Fault.self) { try await fixture.service.fleet.data(of: fetch.item) }
        #expect(fault?.message.contains("other data") == true)
    }

    // MARK: Signatures

    private static func material(_ name: String, file: String = #filePath) throws -> [UInt8] {
        let repository = "/" + file.split(separator: "/").dropLast(3).joined(separator: "/")
        return [UInt8](try Data(contentsOf: URL(filePath: "\(repository)/Fixtures/signatures/\(name)")))
    }

    private static func signed() throws -> [String: String] {
        [
            "img_signature": String(decoding: try material("p384-sha256.b64"), as: UTF8.self),
            "img_signature_key_type": "ECC_SECP384R1", "img_signature_hash_method": "SHA-256",
            "img_signature_certificate_uuid": "5c8d8e3e-9a9b-4a59-a1b3-0f5e3d1c2b4a",
            "accel:function_id": after,
        ]
    }

    @Test func `a signature is verified before the host hears of the image`() async throws {
        for isTheirs in [true, false] {
            let images = MemoryImages()
            let message = try Self.material("message.txt")
            images.put(MemoryImages.id, isTheirs ? message : message + [10], try Self.signed())
            let fixture = try await AcceleratorFixture(
                images: images, certificate: try Self.material("p384.pem"), requiresSignedImages: true)
            // The certificates of the tests are younger than the clock of this one.
            fixture.clock.advance(.seconds(30 * 86_400))
            try await fixture.report(FPGAReports.host())
            #expect(try await program(fixture).status == 202)
            await fixture.engine.runDue()
            #expect(try await fixture.work().map(\.kind) == (isTheirs ? [.fetch] : []))
            let ended = try await shown(fixture)[0]
            #expect(ended["status"] == (isTheirs ? "fetching" : "failed"))
            if !isTheirs { #expect(ended["reason"].text.contains("does not match the data")) }
            #expect(try await fixture.handleStates() == ["available": 1])
        }
    }

    @Test func `a signed image needs a key manager, and an unsigned one is refused where that is configured`()
        async throws
    {
        let images = MemoryImages()
        images.put(MemoryImages.id, try Self.material("message.txt"), try Self.signed())
        let alone = try await program(fixture(images))
        #expect(alone.status == 409 && alone.fault.contains("no key manager is configured"))
        let strict = try await AcceleratorFixture(images: MemoryImages(), requiresSignedImages: true)
        try await strict.report(FPGAReports.host())
        let unsigned = try await program(strict)
        #expect(unsigned.status == 409 && unsigned.fault.contains("is not signed"))
        let odd = try await AcceleratorFixture(images: images, certificate: [1, 2, 3])
        try await odd.report(FPGAReports.host())
        let unreadable = try await program(odd)
        #expect(unreadable.status == 400 && unreadable.fault.contains("neither PEM nor DER"))
    }
}
