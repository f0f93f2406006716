import Host
import Model
import Testing

@testable import Drivers

/// Cards whose units have different resource classes, in groups.
@Suite struct DividedCardTests {
    private func fleet(_ json: String) throws -> [DeviceReport] {
        let recorded = try fixture("fleet")
        let driver = PCIDriver(DriverOptions(root: recorded.root, deviceSpecs: try DeviceSpec.list(json: json)))
        return try driver.discover(DiscoveryPass(snapshot: HostSnapshot(recorded.root), host: "h")).devices
    }

    /// Class B for two functions of one card, class A for every other one of the vendor.
    private static let specs = #"""
        [{"address": "0000:42:00.0", "resource_class": "CUSTOM_B", "traits": "CUSTOM_SMALL"},
         {"address": "0000:42:00.1", "resource_class": "CUSTOM_B", "traits": "CUSTOM_SMALL"},
         {"vendor_id": "10de", "resource_class": "CUSTOM_A"}]
        """#

    @Test("a card of two classes is one provider with an inventory of each, and the others are grouped as ever")
    func twoClassesOfOneCard() throws {
        let devices = try fleet(Self.specs)
        let card = try #require(
            devices.first { $0.facts["address"] == "0000:42:00.0" }?.facts["physical_function"])
        let ofCard = devices.filter { $0.facts["physical_function"] == card }
        let grouped = ProviderLayout.grouped.arranged(devices, on: "h")
        let divided = grouped.filter { $0.deployables.count > 1 }
        #expect(divided.count == 1 && grouped.count == 3)
        let device = try #require(divided.first)
        let name = "h_PCI_10de_20b5_\(card)"
        #expect(device.deployables.map(\.name) == ["\(name)_CUSTOM_B", "\(name)_CUSTOM_A"])
        #expect(Set(device.deployables.map(\.resourceProvider)) == [ProviderNames.identifier(ofProvider: name)])
        #expect(device.deployables.allSatisfy { $0.providerName == name })
        #expect(device.deployables.map(\.accelerators) == [2, ofCard.count - 2])
        #expect(device.deployables.map(\.handles.count) == [2, ofCard.count - 2])
        #expect(device.facts["card"] == card)
        #expect(device.deployables[0].traits.contains("CUSTOM_SMALL"))
        #expect(!device.deployables[1].traits.contains("CUSTOM_SMALL"))
        // Nothing is lost, nothing is twice.
        let handles = grouped.flatMap(\.deployables).flatMap(\.handles).map(\.info)
        #expect(handles.count == devices.count && Set(handles).count == devices.count)
        #expect(grouped.filter { $0.deployables.count == 1 }.allSatisfy { $0.deployables[0].providerName == nil })
        // Legacy is the reference's: a provider each.
        #expect(ProviderLayout.legacy.arranged(devices, on: "h") == devices)
        #expect(Set(devices.flatMap(\.deployables).map(\.resourceProvider)).count == devices.count)
    }

    @Test("what a card is divided into does not depend on what is withdrawn")
    func theSickDoNotRegroupTheOthers() throws {
        let devices = try fleet(Self.specs)
        let whole = ProviderLayout.grouped.arranged(devices, on: "h")
        var names = GroupNames()
        let sick: Set<String?> = ["0000:42:00.0", "0000:42:00.1"]
        let left = ProviderLayout.grouped.arranged(devices, on: "h", names: &names) {
            sick.contains($0.facts["address"])
        }
        let name = whole.first { $0.deployables.count == 2 }?.deployables[1].name
        let card = try #require(left.first { $0.deployables[0].name == name })
        #expect(card.deployables.map(\.resourceClass) == ["CUSTOM_A"])
        #expect(card.deployables[0].providerName != nil)
        #expect(left.count == whole.count)
    }

    @Test("units of one class that differ in traits are no part of a card's provider")
    func traitsAreAProvidersOwn() throws {
        let devices = try fleet(
            #"""
            [{"address": "0000:42:00.0", "resource_class": "CUSTOM_A", "traits": "CUSTOM_X"},
             {"address": "0000:42:00.1", "resource_class": "CUSTOM_A"},
             {"address": "0000:42:00.2", "resource_class": "CUSTOM_B"}]
            """#)
        let grouped = ProviderLayout.grouped.arranged(devices, on: "h")
        #expect(grouped.count == 3 && grouped.allSatisfy { $0.deployables.count == 1 })
        #expect(Set(grouped.flatMap(\.deployables).map(\.resourceProvider)).count == 3)
    }

    @Test("the types of one parent share its provider, and what one takes the other loses")
    func typesOfOneParent() throws {
        let recorded = try fixture("vgpu")
        let commands = PlayedCommands { command throws(CommandFault) in
            command.program == "mdevctl" ? CommandResult() : nil
        }
        let driver = MdevDriver(
            DriverOptions(
                root: recorded.root, mdev: MdevOptions(specs: [MdevSpec()], creator: .agent, persists: true),
                commands: commands))
        let devices = try driver.discover(
            DiscoveryPass(snapshot: HostSnapshot(recorded.root), host: "h")
        ).devices
        let grouped = ProviderLayout.grouped.arranged(devices, on: "h")
        #expect(
            grouped.map { $0.deployables[0].providerName } == [
                "h_MDEV_10de_20b5_0000:23:00.0", "h_MDEV_10de_20b5_0000:82:00.0", "h_MDEV_none_mtty_mtty",
            ])
        // What the kernel says of each type of a parent that is partly used: as in the reports of the drivers.
        #expect(
            grouped.map { $0.deployables.map(\.accelerators) } == devices.map { $0.deployables.map(\.accelerators) })
        #expect(grouped.map { $0.deployables.map(\.handles) } == devices.map { $0.deployables.map(\.handles) })
        // Full with one type, the other has no room, and its handles stay.
        var full = devices
        full[0].deployables[1].accelerators = 0
        let after = ProviderLayout.grouped.arranged(full, on: "h")
        #expect(after[0].deployables[1].accelerators == 0)
        #expect(after[0].deployables.map(\.handles) == grouped[0].deployables.map(\.handles))
    }

    @Test("a class joins a card and leaves it: every unit is followed")
    func followsEveryUnit() throws {
        let alike = ProviderLayout.grouped.arranged(
            try fleet(#"{"vendor_id": "10de", "resource_class": "CUSTOM_A"}"#), on: "h")
        let mixed = ProviderLayout.grouped.arranged(try fleet(Self.specs), on: "h")
        let there = LayoutChange(from: alike, to: mixed)
        #expect(there.added.count == 1 && there.moves.count == 1 && there.kept.count == 1)
        // The group keeps what is of other cards, and is named first.
        #expect(there.moves[0].to.first?.provider == there.moves[0].from && there.moves[0].to.count == 3)
        let back = LayoutChange(from: mixed, to: alike)
        #expect(back.added.isEmpty && back.moves.count == 2)
        #expect(back.moves.allSatisfy { $0.to.count == 1 && $0.to[0].provider == there.moves[0].from })
        #expect(Set(back.moves.map(\.from)) == Set(there.added))
    }
}
