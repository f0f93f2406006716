import Foundation
import Host
import Model
import Synchronization
import Testing

@testable import Drivers

/// Programs that behave, and programs that do not. The conformance suite runs the example as well.
@Suite struct ExternalDriverTests {
    private let recorded: RecordedHost

    init() throws { recorded = try fixture("two-socket") }

    private func driver(_ program: String, _ arguments: [String] = [], timeout: Duration = .seconds(30)) throws
        -> ExternalDriver
    {
        ExternalDriver(
            try ExternalSpec(name: "own", program: program, arguments: arguments, timeout: timeout),
            DriverOptions(root: recorded.root, commands: PlayedCommands()))
    }

    /// A shell script that answers each line in turn; after the last it waits.
    private func script(_ answers: String..., then: String = "sleep 600") throws -> ExternalDriver {
        let lines = answers.map { "read -r line; printf '%s\\n' '\($0)'" }.joined(separator: "; ")
        return try driver("/bin/sh", ["-c", "\(lines); \(then)"])
    }

    private func discover(_ driver: ExternalDriver) throws -> Discovery {
        try driver.discover(DiscoveryPass(snapshot: HostSnapshot(recorded.root), host: "h"))
    }

    @Test func theExample() async throws {
        let driver = try driver(exampleDriver())
        let devices = try discover(driver).devices
        #expect(devices.map { $0.deployables[0].name } == ["h_0000:25:00.0", "h_0000:83:00.0"])
        #expect(devices[0].type == .fpga && devices[0].driver == "own")
        #expect(devices[0].deployables[0].traits == ["OWNER_CYBORG", "CUSTOM_EXAMPLE_5001"])
        let order = HandleOrder(for: devices[0].deployables[0].handles[0])
        #expect(try await driver.clean(order).methods == ["nothing, for this is an example"])
        #expect(try await driver.examine(order).state == .well)
        let fault = await #expect(throws: DriverFault.self) { try await driver.program(order, image: "/a") }
        #expect(fault == DriverFault("this driver cannot program."))
    }

    @Test func whatItSaysIsChecked() throws {
        let driver = try script(
            #"{"version":1}"#,
            #"{"id":1,"devices":[{"address":"0000:21:00.0","resource_class":"CUSTOM_A"},"#
                + #"{"address":"0000:99:00.0","resource_class":"CUSTOM_A"},{"address":"0000:23:00.0","resource_class":"a b"},"#
                + #"{"address":"0000:83:00.0","resource_class":"CUSTOM_A","traits":["x y"]},"#
                + #"{"address":"0000:20:00.0","resource_class":"CUSTOM_A"},"#
                + #"{"address":"0000:25:00.0","resource_class":"CUSTOM_A","info":{"bus":"00","own":"x"}},"#
                + #"{"address":"0000:25:00.0","resource_class":"CUSTOM_A"}]}"#)
        let discovery = try discover(driver)
        #expect(discovery.devices.count == 1)
        // It cannot say that a handle is another function.
        #expect(discovery.devices[0].deployables[0].handles[0].info["bus"] == "25")
        #expect(discovery.devices[0].deployables[0].handles[0].info["own"] == "x")
        #expect(discovery.notes.count == 6)
        #expect(discovery.notes[0].text == "is left out: nvme0n1 is mounted at /srv")
    }

    /// A logical volume, a port of a bus, a region of memory: whatever a hypervisor attaches.
    @Test func everyTypeOfHandle() async throws {
        recorded.tree.link("/dev/disk/by-id/dm-name-vg0-data", to: "../../dm-9")
        recorded.tree.link("/sys/class/block/dm-9", to: "../../devices/virtual/block/dm-9")
        recorded.tree.file("/sys/devices/virtual/block/dm-9/dev", "253:9\n")
        func device(_ rest: String) -> String { #"{"resource_class":"CUSTOM_A",\#(rest)}"# }
        let said = [
            device(
                #""name":"lv1","handle_type":"BLOCK","info":{"path":"/dev/disk/by-id/dm-name-vg0-data"},"cleans":true"#),
            device(#""name":"stick","handle_type":"USB","info":{"bus":"1","port":"1.4"}"#),
            device(#""name":"region0","handle_type":"CXL","info":{"region":"region0"}"#),
            device(#""name":"m1","handle_type":"MDEV","info":{"parent":"mtty","asked_type":"mtty-2"}"#),
            device(#""address":"0000:25:00.0","handle_type":"NVME","info":{"namespace":"1"}"#),
            device(#""address":"0000:83:00.0","handle_type":"TEST_PCI""#),
            device(#""name":"used","handle_type":"BLOCK","info":{"path":"/dev/nvme0n1"}"#),
            device(#""name":"none","handle_type":"BLOCK","info":{"path":"/dev/sdz"}"#),
            device(#""name":"lv1","handle_type":"BLOCK","info":{"path":"/dev/dm-9"}"#),
            device(#""name":"a b","handle_type":"CXL","info":{"region":"region1"}"#),
            device(#""name":"short","handle_type":"USB","info":{"bus":"1"}"#),
            device(#""name":"bare","handle_type":"NVME","info":{"namespace":"1"}"#),
            device(#""name":"odd","handle_type":"TAPE""#), device(#""handle_type":"CXL","info":{"region":"region2"}"#),
        ]
        let driver = try script(
            #"{"version":1}"#, #"{"id":1,"devices":[\#(said.joined(separator: ","))]}"#,
            #"{"id":2,"methods":["zeros"]}"#)
        let discovery = try discover(driver)
        let types = Dictionary(
            uniqueKeysWithValues: discovery.devices.map { ($0.deployables[0].name, $0.deployables[0].handles[0].type) })
        #expect(
            types == [
                "h_lv1": .block, "h_stick": .usb, "h_region0": .cxl, "h_m1": .mdev, "h_0000:25:00.0": .nvme,
                "h_0000:83:00.0": .testPCI,
            ])
        #expect(discovery.notes.count == 8)
        let texts = discovery.notes.map(\.text)
        for text in [
            "is left out: nvme0n1 is mounted at /srv", "is left out: there is no block device /dev/sdz",
            "is left out: it is said twice", "is left out: a handle of type USB needs 'port' in its info",
            "is left out: a handle of type NVME needs the address of a PCI function",
            "is left out: 'TAPE' is not a type of attach handle",
        ] { #expect(texts.contains(text), "\(text)") }
        let volume = try #require(discovery.devices.first { $0.deployables[0].name == "h_lv1" })
        let handle = volume.deployables[0].handles[0]
        #expect(HandleUnit.name(of: handle) == "/dev/disk/by-id/dm-name-vg0-data")
        let record = try await driver.clean(HandleOrder(for: handle))
        #expect(record.methods == ["zeros"] && record.device["path"] == "/dev/disk/by-id/dm-name-vg0-data")
        // What the host took into use meanwhile is not ordered about.
        recorded.tree.file("/proc/self/mountinfo", "30 1 253:9 / /data rw - ext4 /dev/mapper/vg0-data rw\n")
        let fault = await #expect(throws: DriverFault.self) { try await driver.clean(HandleOrder(for: handle)) }
        #expect(fault?.text == "The handle is left alone: dm-9 is mounted at /data.")
    }

    @Test func programsThatMisbehave() throws {
        func fault(_ driver: ExternalDriver) -> String? {
            #expect(throws: DriverFault.self) { try discover(driver) }?.text
        }
        #expect(fault(try driver("/nonexistent/driver"))?.contains("is not installed") == true)
        #expect(fault(try driver("/bin/true"))?.contains("ended in the middle") == true)
        #expect(fault(try script(#"{"version":2}"#))?.contains("ended in the middle") == true)
        #expect(fault(try script(#"{"version":1}"#, "garbage"))?.contains("cannot be read") == true)
        #expect(fault(try script(#"{"version":1}"#, #"{"id":1,"error":"no card","transient":true}"#)) == "no card.")
        #expect(
            fault(try driver("/bin/sh", ["-c", "sleep 600"], timeout: .milliseconds(200)))?.contains(
                "did not end within") == true)
        #expect(
            fault(
                try driver("/bin/sh", ["-c", "head -c 3000000 /dev/zero; sleep 600"]))?
                .contains("more than expected") == true)
    }

    @Test func afterAFailureItRests() throws {
        let clock = Mutex(ContinuousClock.now)
        let driver = ExternalDriver(
            try ExternalSpec(name: "own", program: "/bin/false"),
            DriverOptions(root: recorded.root, commands: PlayedCommands()), now: { clock.withLock { $0 } })
        func isResting() -> Bool? {
            let fault = #expect(throws: DriverFault.self) { try discover(driver) }
            #expect(fault?.isTransient == true)
            return fault?.text.contains("after a rest")
        }
        // Each rest is twice as long as the one before: 1 s, 2 s, 4 s …, and a minute at most.
        for rest in [1.0, 2, 4, 8, 16, 32, 60, 60] {
            #expect(isResting() == false)
            clock.withLock { $0 += .seconds(rest - 0.1) }
            #expect(isResting() == true)
            clock.withLock { $0 += .seconds(0.2) }
        }
    }

    /// A program that dies is started again; state is the agent's.
    @Test func oneThatDiesIsStartedAgain() async throws {
        let driver = try driver(exampleDriver())
        let before = try discover(driver)
        let order = HandleOrder(for: before.devices[0].deployables[0].handles[0])
        try await driver.prepare(order)
        driver.interrupt()
        try await driver.prepare(order)
        #expect(try discover(driver) == before)
    }

    @Test func whatTheHostNeedsIsNotOrderedAbout() async throws {
        let address = try #require(PCIAddress("0000:21:00.0"))
        let order = HandleOrder(handle: IDSource.random.next(), type: .pci, info: address.attachInfo, controlPath: "")
        let driver = try driver(exampleDriver())
        let fault = await #expect(throws: DriverFault.self) { try await driver.clean(order) }
        #expect(fault?.text == "0000:21:00.0 is left alone: nvme0n1 is mounted at /srv.")
    }

    @Test func entriesAreChecked() throws {
        func fault(_ name: String, _ program: String) -> String? {
            #expect(throws: DeviceSpecFault.self) { try ExternalSpec(name: name, program: program) }?.description
        }
        #expect(fault("pci", "/a")?.contains("is a driver of this program") == true)
        #expect(fault("My driver", "/a")?.contains("small letters") == true)
        #expect(fault("own", "a")?.contains("absolute path") == true)
        let enabled = try DriverRegistry.standard.drivers(
            named: ["own", "fake"],
            options: DriverOptions(
                root: recorded.root, external: [try ExternalSpec(name: "own", program: exampleDriver())]))
        #expect(enabled.drivers.map(\.name) == ["own", "fake"] && enabled.warnings.count == 1)
    }
}
