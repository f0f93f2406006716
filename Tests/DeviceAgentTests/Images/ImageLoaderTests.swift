import Clients
import Crypto
import Drivers
import Foundation
import Host
import Link
import Model
import Synchronization
import TestAgent
import TestWatched
import Testing

@testable import Agent
@testable import DeviceAgent

/// Images on a host: fetched by hash, loaded by a vendor's tool that the test plays, read back, removed.
@Suite(.timeLimit(.minutes(30))) struct ImageLoaderTests {
    private final class Place: Sendable {
        let path = FileManager.default.temporaryDirectory.appending(path: "images-\(UUID().uuidString)").path
        deinit { try? FileManager.default.removeItem(atPath: path) }
        var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
    }

    private let place = Place()
    private let link = ScriptedLink()
    private let data = (0..<3000).map { UInt8(truncatingIfNeeded: $0 &* 7) }

    private func image(_ data: [UInt8], size: Int? = nil) throws -> WorkImage {
        let digest = try #require(ImageDigest("sha256", Hexadecimal.text(of: SHA256.hash(data: data))))
        return WorkImage(id: IDSource.random.next(), size: size ?? data.count, digest: digest)
    }

    private func work(_ kind: DeviceWork.Kind, _ image: WorkImage, driver: String = "intel_fpga") -> DeviceWork {
        DeviceWork(
            id: IDSource.random.next(), kind: kind, handle: IDSource.random.next(),
            attachment: Attachment(
                .pci, ["domain": "0000", "bus": "5f", "device": "00", "function": "1"]), controlPath: "{}",
            driver: driver, request: nil, deadline: Int64.max / 2, image: image)
    }

    private func loader(limit: Int = 1 << 20) -> ImageLoader {
        ImageLoader(folder: ImageFolder(place.path, limit: limit), link: link)
    }

    private func recorded(file: String = #filePath) throws -> RecordedHost {
        let repository = "/" + file.split(separator: "/").dropLast(4).joined(separator: "/")
        return try RecordedHost(file: "\(repository)/Fixtures/hosts/vendors.host")
    }

    private func order(_ work: DeviceWork) -> HandleOrder {
        HandleOrder(handle: work.handle, attachment: work.attachment, controlPath: work.controlPath)
    }

    private func say(_ pieces: [[UInt8]]) { link.data.change { $0 = .success(pieces) } }
    private func say(_ fault: Fault) { link.data.change { $0 = .failure(fault) } }

    @Test func `an image is fetched once, loaded by the tool, read back and removed`() async throws {
        let recorded = try recorded()
        let seen = Mutex<[[UInt8]]>([])
        let played = PlayedCommands { command throws(CommandFault) in
            let path = command.arguments.last ?? ""
            seen.withLock { $0.append([UInt8](FileManager.default.contents(atPath: path) ?? Data())) }
            return CommandResult()
        }
        let driver = IntelFPGADriver(DriverOptions(root: recorded.root, commands: played))
        let loader = loader()
        let image = try image(data)
        say([Array(data.prefix(1000)), Array(data.dropFirst(1000))])
        let fetch = work(.fetch, image)
        try await loader.fetch(fetch, for: driver)
        #expect(place.names == ["sha256-\(image.digest.value)"] && played.commands.isEmpty)
        // What is there is not fetched again.
        say(.unavailable("gone"))
        try await loader.fetch(fetch, for: driver)
        let load = work(.program, image)
        let record = try await loader.load(load, order(load), by: driver)
        #expect(record == ProgrammingRecord(logic: "d8424dc4a4a3c413f89e433683f9040b"))
        #expect(
            played.commands.map { Array($0.arguments.dropLast()) } == [
                ["--bus=0x5f", "--device=0x00", "--function=0x0"]
            ])
        #expect(seen.withLock { $0 } == [data])
        #expect(place.names == [])
    }

    @Test func `a tool that fails is on record with what the card has then`() async throws {
        let recorded = try recorded()
        let played = PlayedCommands { _ throws(CommandFault) in CommandResult(status: 1, "", errors: "bad image") }
        let driver = IntelFPGADriver(DriverOptions(root: recorded.root, commands: played))
        say([data])
        let load = work(.program, try image(data))
        let record = try await loader().load(load, order(load), by: driver)
        #expect(record.failure?.hasSuffix("failed: bad image") == true)
        #expect(record.logic == "d8424dc4a4a3c413f89e433683f9040b")
        #expect(place.names == [])
    }

    @Test func `a function that the host does not have, or needs, is not loaded`() async throws {
        let recorded = try recorded()
        let played = PlayedCommands { _ throws(CommandFault) in CommandResult() }
        let driver = XilinxFPGADriver(DriverOptions(root: recorded.root, commands: played))
        say([data])
        let load = work(.program, try image(data), driver: "xilinx_fpga")
        let gone = HandleOrder(
            handle: load.handle,
            attachment: Attachment(.pci, ["domain": "0000", "bus": "ee", "device": "00", "function": "1"]),
            controlPath: "{}")
        let record = try await loader().load(load, gone, by: driver)
        #expect(record.failure?.contains("There is no PCI function") == true && played.commands.isEmpty)
    }

    @Test func `other data are refused for good, and what broke off comes again`() async throws {
        let driver = IntelFPGADriver(DriverOptions(root: try recorded().root))
        let loader = loader()
        let image = try image(data)
        func fault() async -> DriverFault? {
            await #expect(throws: DriverFault.self) { try await loader.fetch(work(.fetch, image), for: driver) }
        }
        say([data.map { $0 ^ 1 }])
        var told = await fault()
        #expect(told?.isTransient == false && told?.text.contains("another sha256") == true)
        say([data, [0]])
        told = await fault()
        #expect(told?.isTransient == false && told?.text.contains("More than the 3000 bytes") == true)
        say([Array(data.dropLast())])
        told = await fault()
        #expect(told?.isTransient == true && told?.text.contains("2999 of the 3000") == true)
        say(.unavailable("The control plane does not answer."))
        #expect(await fault()?.isTransient == true)
        say(.notFound("This host has no such work item."))
        #expect(await fault()?.isTransient == false)
        #expect(place.names == [])
        say([data])
        try await loader.fetch(work(.fetch, image), for: driver)
        #expect(place.names.count == 1)
    }

    @Test func `the folder is bounded, and holds nothing of an earlier process`() async throws {
        let driver = IntelFPGADriver(DriverOptions(root: try recorded().root))
        let first = loader(limit: 5000)
        say([data])
        try await first.fetch(work(.fetch, try image(data)), for: driver)
        let before = place.names
        let other = data.map { $0 ^ 3 }
        say([other])
        try await first.fetch(work(.fetch, try image(other)), for: driver)
        #expect(place.names.count == 1 && place.names != before)
        let large = [UInt8](repeating: 1, count: 6000)
        say([large])
        let full = await #expect(throws: DriverFault.self) {
            try await first.fetch(work(.fetch, try image(large)), for: driver)
        }
        #expect(full?.text.contains("has no room") == true)
        say([data])
        try await loader().fetch(work(.fetch, try image(data)), for: driver)
        #expect(place.names == before)
    }

    @Test func `a driver that cannot load is said before anything is fetched`() async throws {
        let fault = await #expect(throws: DriverFault.self) {
            try await loader().fetch(work(.fetch, try image(data)), for: ScriptedDriver())
        }
        #expect(fault?.text == "The driver 'scripted' cannot load images onto its devices.")
    }
}
