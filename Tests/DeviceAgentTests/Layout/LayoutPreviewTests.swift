import Clients
import Drivers
import Model
import TestAccelerators
import Testing

@testable import DeviceAgent
@testable import Host

/// What an operator reads before a change of layout.
@Suite struct LayoutPreviewTests {
    private func preview(_ profiles: MemoryProfiles?, resourceClass: String? = nil) async throws -> String {
        let recorded = try fixture("two-socket")
        let own = resourceClass.map { #", "resource_class": "\#($0)""# } ?? ""
        let specs = try DeviceSpec.list(json: #"[{"vendor_id":"10de","product_id":"20b5"\#(own)}]"#)
        let driver = PCIDriver(DriverOptions(root: recorded.root, deviceSpecs: specs))
        return try await LayoutPreview.text(
            host: "h1", root: recorded.root, drivers: [driver], to: .grouped, placement: nil, profiles: profiles,
            rootProvider: "h1")
    }

    @Test func profilesThatAskForWhatGoes() async throws {
        let text = try await preview(
            MemoryProfiles(["gpu": ["CUSTOM_PCI"], "fpga": ["FPGA"], "new": ["CUSTOM_PCI_10DE_20B5"]]))
        #expect(text.contains("! CUSTOM_PCI is offered no longer; what it was becomes CUSTOM_PCI_10DE_20B5\n"))
        #expect(
            text.contains(
                "! the device profile 'gpu' asks for CUSTOM_PCI; on this host it must ask for CUSTOM_PCI_10DE_20B5\n"))
        #expect(!text.contains("'fpga'") && !text.contains("'new'"))
        #expect(
            text.contains(
                "h1_0000:23:00.0 goes to h1_PCI_10de_20b5_CUSTOM_PCI_numa0 as CUSTOM_PCI_10DE_20B5 (1 handle)\n"))
    }

    @Test func whatIsNotKnownIsSaid() async throws {
        #expect(try await preview(MemoryProfiles()).contains("no device profile asks for a class that goes\n"))
        #expect(try await preview(nil).contains("! device profiles that ask for them were not looked for"))
        #expect(
            try await preview(MemoryProfiles(fault: .unavailable("It is away."))).contains(
                "could not be looked for: It is away.\n"))
        // A class of the operator's own stays, and nothing is to be said of it.
        let same = try await preview(nil, resourceClass: "CUSTOM_GPU")
        #expect(!same.contains("!") && same.contains("goes to h1_PCI_10de_20b5_CUSTOM_GPU_numa"))
    }
}
