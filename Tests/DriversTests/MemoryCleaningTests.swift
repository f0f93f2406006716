import Host
import Model
import Testing

@testable import Drivers

/// Cards whose memory a reset clears, and one whose memory outlives it.
@Suite struct MemoryCleaningTests {
    /// A recorded host with memory behind one function's region.
    private struct CardTree: FileTree {
        enum Habit { case honest, leaky, deaf }
        static let folder = "/sys/bus/pci/devices/0000:83:00.0"

        let inner: MemoryTree
        let habit: Habit
        /// Where the region's file stands, links resolved.
        let region: String
        let size: Int

        init(_ host: RecordedHost, _ habit: Habit, size: Int) throws {
            inner = host.tree
            self.habit = habit
            self.size = size
            let home = try host.root.destination(of: Self.folder)
            region = "\(home)/resource2"
            inner.put(.file(Array(repeating: 7, count: size)), at: region)
            inner.file("\(home)/enable", "0")
        }

        func read(_ path: String, offset: Int, limit: Int, partial: Bool) throws(TreeFault) -> [UInt8] {
            try inner.read(path, offset: offset, limit: limit, partial: partial)
        }
        func target(of path: String) throws(TreeFault) -> String { try inner.target(of: path) }
        func names(in path: String) throws(TreeFault) -> [String] { try inner.names(in: path) }
        func kind(of path: String) -> EntryKind? { inner.kind(of: path) }
        func write(_ bytes: [UInt8], to path: String) throws(TreeFault) {
            try inner.write(bytes, to: path)
            if path.hasSuffix("/0000:83:00.0/reset"), habit == .honest {
                inner.put(.file(Array(repeating: 0, count: size)), at: region)
            }
        }
        func writeMapped(_ path: String, pieces: [(place: Int, bytes: [UInt8])]) throws(TreeFault) {
            if habit != .deaf { try inner.writeMapped(path, pieces: pieces) }
        }
    }

    private let size = 16 << 20

    private func clean(_ habit: CardTree.Habit, region: Int = 2) async throws -> (CleaningRecord, RecordedHost) {
        let recorded = try fixture("two-socket")
        let tree = try CardTree(recorded, habit, size: size)
        let specs = try DeviceSpec.list(json: #"{"vendor_id": "10ee", "memory_region": \#(region)}"#)
        let root = SysfsRoot(tree)
        let driver = PCIDriver(DriverOptions(root: root, deviceSpecs: specs, random: { 11 }))
        let address = try #require(PCIAddress("0000:83:00.0"))
        let order = HandleOrder(
            handle: IDSource.random.next(), type: .pci, info: address.attachInfo,
            controlPath: PythonJSON.controlPath(address))
        return (try await driver.clean(order), recorded)
    }

    @Test func whatAResetClearsIsProven() async throws {
        let (record, recorded) = try await clean(.honest)
        #expect(
            record.methods.first
                == "pattern in memory region 2 of 16777216 bytes, gone after the reset; memory beyond it was not read")
        #expect(record.methods.contains { $0.hasPrefix("reset") })
        #expect(record.methods.last == "logic that was loaded onto the card was not looked at")
        #expect(
            record.verification == .samples(seed: 11, count: 1024, size: 64, written: 1024))
        // It is switched off again, and nobody drives what nobody drove.
        #expect(try recorded.root.text("\(CardTree.folder)/enable") == "0")
        #expect(!recorded.root.exists("\(CardTree.folder)/driver"))
    }

    @Test func memoryThatOutlivesTheResetIsFoundOut() async throws {
        let fault = await #expect(throws: DriverFault.self) { _ = try await clean(.leaky) }
        #expect(
            fault?.text.hasPrefix(
                "The memory of 0000:83:00.0 outlives its reset: 1024 of 1024 samples of its region 2 still hold what was written"
            )
                == true, "\(fault?.text ?? "")")
        #expect(fault?.isTransient == false)
    }

    @Test func registersAreNoMemory() async throws {
        let fault = await #expect(throws: DriverFault.self) { _ = try await clean(.deaf) }
        #expect(fault?.text.contains("it is no memory. Name another memory_region") == true, "\(fault?.text ?? "")")
    }

    @Test func aRegionThatIsNotThereIsRefused() async throws {
        let fault = await #expect(throws: DriverFault.self) { _ = try await clean(.honest, region: 5) }
        #expect(fault?.text == "0000:83:00.0 has no region 5, which device_spec names as its memory_region.")
    }

    @Test func theSpecsKeyIsChecked() throws {
        #expect(try DeviceSpec.list(json: #"{"memory_region": "2"}"#)[0].memoryRegion == 2)
        let fault = #expect(throws: DeviceSpecFault.self) { try DeviceSpec.list(json: #"{"memory_region": 6}"#) }
        #expect(fault?.key == "memory_region")
    }

    @Test func patternsDifferByPlaceAndSeed() {
        let root = SysfsRoot(MemoryTree())
        let check = MemoryCheck(root: root, path: "/m", size: 4 << 20, seed: 3, count: 1024)
        let patterns = Set(check.places.map { check.pattern(at: $0) })
        #expect(check.places.count == 1024 && patterns.count == 1024)
        #expect(check.places.first == 0 && check.places.last == (4 << 20) - 64)
        let other = MemoryCheck(root: root, path: "/m", size: 4 << 20, seed: 4, count: 1024)
        #expect(patterns.isDisjoint(with: other.places.map { other.pattern(at: $0) }))
    }
}
