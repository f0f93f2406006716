import Host
import Model
import Testing

@testable import Drivers

/// Drives whose namespaces are not one block device: each is erased as a whole, or set aside with the reason.
@Suite struct DriveNamespaceTests {
    private let size = 32 << 20

    private func written(_ record: CleaningRecord) -> Int? {
        guard case .samples(_, _, _, let written) = record.verification else { return nil }
        return written
    }

    @Test("A drive without a namespace is set aside, and not called cleaned")
    func none() async throws {
        let host = try DriveFixture.single([])
        let fault = await #expect(throws: DriverFault.self) { try await host.drives().clean(host.order()) }
        #expect(
            fault?.text
                == "The drive 0000:01:00.0 has no namespace and cannot be given one here: nothing of what was stored on it can be "
                + "erased and read back. Make one (nvme create-ns, attach-ns), or replace the drive.")
    }

    /// The tenant before removed it, with what was in it.
    @Test func oneIsMadeWhereTheDriveCan() async throws {
        let host = try DriveFixture.single([("nvme0n1", 1, size)])
        let drive = try #require(host.drives["S1"])
        drive.behave(.honest, .init(managesNamespaces: true))
        drive.delete(1)
        let record = try await host.drives().clean(host.order())
        #expect(
            record.methods == [
                "nvme format, user data erase", "namespace 1 of \(size) bytes was made where there was none",
            ])
        #expect(record.device["namespaces"] == "1" && written(record) == 0)
        let namespaces = HostSnapshot(host.root).nvme[0].namespaces
        #expect(namespaces.map(\.identifier) == [1] && namespaces[0].size == UInt64(size))
    }

    @Test func detachedNamespacesAreErasedToo() async throws {
        let host = try DriveFixture.single([("nvme0n1", 1, size), ("nvme0n2", 2, size)])
        let drive = try #require(host.drives["S1"])
        drive.behave(.honest, .init(managesNamespaces: true))
        drive.fill { block in Array("secret \(block)".utf8) }
        drive.attach(2, to: [])
        let record = try await host.drives().clean(host.order())
        #expect(
            record.methods == [
                "nvme format, user data erase", "namespace 2, which no controller had, was attached",
            ])
        #expect(record.device["namespaces"] == "1 2" && written(record) == 512)
        for number in [UInt32(1), 2] { #expect(drive.block(7, of: number).allSatisfy { $0 == 0 }) }
        // And one that cannot be attached keeps the drive back.
        drive.attach(2, to: [])
        drive.fill { block in Array("secret \(block)".utf8) }
        let commands = host.commands
        let refusing = PlayedCommands { command throws(CommandFault) in
            command.arguments.first == "attach-ns" ? CommandResult(status: 1, "", errors: "refused") : nil
        }
        let driver = NVMeDriver(
            DriverOptions(
                root: host.root, nvme: NVMeOptions(deviceSpecs: []),
                commands: FallingBack(first: refusing, second: commands))
        ) { _ in }
        let fault = await #expect(throws: DriverFault.self) { try await driver.clean(host.order()) }
        #expect(fault?.text.hasSuffix("failed: refused") == true)
    }

    @Test("Two namespaces are both erased and both read back", arguments: [NVMeOptions.ClearAction.format, .zero])
    func two(action: NVMeOptions.ClearAction) async throws {
        let host = try DriveFixture.single([("nvme0n1", 1, size), ("nvme0n2", 2, size)])
        let drive = try #require(host.drives["S1"])
        drive.fill { block in Array("secret \(block)".utf8) }
        let record = try await host.drives(action).clean(host.order())
        #expect(record.device["namespaces"] == "1 2" && written(record) == 512)
        for number in [UInt32(1), 2] { #expect(drive.block(9, of: number).allSatisfy { $0 == 0 }) }
    }

    /// The kernel counts namespaces by itself: `nvme0n1` may be the drive's number 2.
    @Test func theDrivesOwnNumber() async throws {
        let host = try DriveFixture.single([("nvme0n1", 2, size)])
        let drive = try #require(host.drives["S1"])
        drive.fill { _ in Array("secret".utf8) }
        let record = try await host.drives(.format).clean(host.order())
        #expect(record.device["namespaces"] == "2")
        #expect(host.commands.commands.contains { $0.text.hasPrefix("nvme format /dev/nvme0 --namespace-id=2 ") })
        #expect(drive.block(1, of: 2).allSatisfy { $0 == 0 })
    }

    @Test("A namespace of size 0 is set aside, or replaced where the drive can", arguments: [false, true])
    func sizeZero(manages: Bool) async throws {
        let host = try DriveFixture.single([("nvme0n1", 1, 0)])
        let drive = try #require(host.drives["S1"])
        drive.behave(.honest, .init(managesNamespaces: manages))
        let fault = await #expect(throws: DriverFault.self) { try await host.drives().clean(host.order()) }
        #expect(
            fault?.text.hasPrefix(
                manages
                    ? "The drive 0000:01:00.0 has no usable namespace, and no room for one."
                    : "Namespace 1 of the drive 0000:01:00.0 was erased and shows no blocks") == true,
            "\(fault?.text ?? "")")
    }

    /// A tenant gave it blocks with metadata: its size is 0 to the kernel, and all of it is there.
    @Test func blocksThatTheKernelCannotShow() async throws {
        let host = try DriveFixture.single([("nvme0n1", 1, size)])
        let drive = try #require(host.drives["S1"])
        drive.fill { _ in Array("secret".utf8) }
        drive.hideBlocks(of: 1)
        let record = try await host.drives(.format).clean(host.order())
        #expect(
            record.methods.last
                == "namespace 1 had blocks of format 1, which the host cannot show, and was given format 0")
        #expect(drive.block(1).allSatisfy { $0 == 0 })
        #expect(HostSnapshot(host.root).nvme[0].namespaces[0].size == UInt64(size))
    }

    /// Of another command set: erased by the drive, and the record does not say that anyone read it.
    @Test func withoutABlockDevice() async throws {
        let host = try DriveFixture.single([("ng0n1", nil, 0)])
        let record = try await host.drives(.format).clean(host.order())
        #expect(
            record.methods == [
                "nvme format, user data erase", "namespace 1 shows no block device and was not read back",
            ])
        #expect(record.verification == .impossible("the drive shows no block device to read"))
        #expect(host.commands.commands.contains { $0.text.hasPrefix("nvme format /dev/nvme0 --namespace-id=1 ") })
        let fault = await #expect(throws: DriverFault.self) { try await host.drives(.zero).clean(host.order()) }
        #expect(fault?.text.contains("shows no block device, and so zeros cannot be written over it") == true)
    }

    @Test func whatNoNamespaceHasIsSaid() async throws {
        let host = try DriveFixture.single([("nvme0n1", 1, size), ("nvme0n2", 2, size)])
        let drive = try #require(host.drives["S1"])
        drive.behave(.honest, .init(sanitize: 2, managesNamespaces: true))
        drive.delete(2)
        let format = try await host.drives(.format).clean(host.order())
        #expect(format.methods.last == "\(size) bytes that belong to no namespace were not reached")
        // Sanitize reaches them.
        #expect(try await host.drives(.sanitize).clean(host.order()).methods == ["nvme sanitize, block erase"])
    }

    @Test("A clear action that the drive lacks is refused before anyone has it")
    func refusedAtTheStart() async throws {
        let host = try DriveFixture.single([("nvme0n1", 1, size)])
        let driver = try host.drives(.sanitize)
        let health = try await driver.examine(host.order())
        #expect(health.state == .sick && health.reason?.contains("cannot be erased as configured") == true)
        var ledger = HealthLedger()
        #expect(ledger.take(health) != nil, "one look is enough")
        let fault = await #expect(throws: DriverFault.self) { try await driver.prepare(host.order()) }
        #expect(fault?.text.contains("clear_action sanitize with clear_strategy auto needs what it lacks") == true)
        #expect(try await host.drives(.format).examine(host.order()).state == .well)
    }

    // MARK: Handles

    @Test func handlesOfNamespacesAndBlockDevices() async throws {
        let name = "eui.0025384b21403f77"
        let host = try DriveFixture.single([("nvme0n1", 3, size)], wwid: name)
        func handle(_ type: NVMeOptions.HandleType) throws -> AttachHandleReport? {
            try host.discover(host.drives(.auto, handles: type)).devices.first?.deployables[0].handles[0]
        }
        #expect(try handle(.pci)?.type == .pci)
        let namespace = try #require(try handle(.nvme))
        #expect(namespace.type == .nvme && namespace.info["namespace"] == "3" && namespace.info["bus"] == "01")
        let block = try #require(try handle(.block))
        #expect(block.type == .block && block.info["path"] == "/dev/disk/by-id/nvme-\(name)")
        for handle in [namespace, block] {
            let order = HandleOrder(for: handle)
            try await host.drives(.format).prepare(order)
            #expect(try await host.drives(.format).clean(order).methods == ["nvme format, user data erase"])
        }
        let two = try DriveFixture.single([("nvme0n1", 1, size), ("nvme0n2", 2, size)], wwid: name)
        for type in [NVMeOptions.HandleType.nvme, .block] {
            let discovery = try two.discover(two.drives(.auto, handles: type))
            #expect(discovery.devices.isEmpty && discovery.notes[0].text.contains("the drive has 2 namespaces"))
        }
        let nameless = try DriveFixture.single([("nvme0n1", 1, size)])
        #expect(try nameless.discover(nameless.drives(.auto, handles: .block)).devices.isEmpty)
    }
}

/// The second where the first has no such program.
struct FallingBack: CommandRunner {
    let first: PlayedCommands
    let second: PlayedCommands

    func run(_ command: Command) async throws(CommandFault) -> CommandResult {
        do { return try await first.run(command) } catch { return try await second.run(command) }
    }
}
