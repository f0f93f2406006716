import Accelerators
import Access
import Clients
import Foundation
import HTTPTypes
import Model
import Settings
import Testing

@testable import ControlPlane

/// Which resource classes `kilonova limits register` knows.
@Suite struct LimitClassesTests {
    @Test func `those that the configuration names`() throws {
        let text = """
            pci:
              device_spec:
                - {vendor_id: "10de", product_id: "2331", resource_class: gpu_h100}
                - {address: "0000:05:00.0", group: left, group_type: pair}
            nvme:
              device_spec: [{vendor_id: "144d", resource_class: CUSTOM_FAST_DISK}]
            mdev:
              device_spec: [{type: nvidia-474}, {type: "*"}, {type: mtty-2, resource_class: CUSTOM_SERIAL}]
            fake:
              fleet: [{count: 2, resource_class: CUSTOM_TOY}, {count: 1}]
            """
        let settings = try Settings(file: (text, "test"))
        let classes = try LimitClasses.configured(settings).map(\.name).sorted()
        #expect(
            classes == [
                "CUSTOM_FAST_DISK", "CUSTOM_GPU_H100", "CUSTOM_MDEV_NVIDIA_474", "CUSTOM_PCI_GROUP_PAIR",
                "CUSTOM_SERIAL",
                "CUSTOM_TOY",
            ])
        let limits = DefaultLimits.including(classes)
        #expect(Set(limits.map(\.resource)).isSuperset(of: classes.map { "class:\($0)" }))
        #expect(limits.count == Set(limits.map(\.resource)).count)
    }

    @Test func `those that hosts have and profiles ask for, on as many pages as there are`() async throws {
        let peer = ServicePeer(.accelerator, transport: Pages(), tokens: nil)
        let classes = try await LimitClasses.known(to: peer).map(\.name).sorted()
        #expect(classes == ["CUSTOM_A", "CUSTOM_B", "CUSTOM_C", "FPGA"])
        await #expect(throws: Fault.self) {
            try await LimitClasses.known(to: ServicePeer(.accelerator, transport: Pages(status: 406), tokens: nil))
        }
    }

    @Test func `what is registered with another amount is said to be kept`() {
        #expect(LimitRegistrar.line(("class:X", 4), .registered) == "class:X: 4")
        #expect(LimitRegistrar.line(("class:X", 4), .kept(4)) == "class:X: 4, as before")
        #expect(LimitRegistrar.line(("class:X", 4), .kept(7)) == "class:X: 7 kept, not 4; --replace changes it")
        #expect(LimitRegistrar.line(("class:X", 4), .replaced(7)) == "class:X: 4, was 7")
    }
}

/// The accelerator service with two pages of profiles.
private struct Pages: HTTPTransport {
    var status = 200

    func send(_ request: PeerRequest) async throws(Fault) -> PeerResponse {
        let body =
            switch request.path {
            case "/limits":
                #"{"project_id":"p","limits":[{"resource":"accelerator_requests","limit":1,"usage":0},"#
                    + #"{"resource":"class:FPGA","limit":1,"usage":0},{"resource":"class:CUSTOM_A","limit":1,"usage":0}]}"#
            case "/device_profiles?limit=1000":
                #"{"device_profiles":[{"uuid":"u1","groups":[{"resources:CUSTOM_B":"1","trait:CUSTOM_X":"required"}]}],"#
                    + #""device_profiles_links":[{"href":"x","rel":"next"}]}"#
            default: #"{"device_profiles":[{"uuid":"u2","groups":[{"resources:CUSTOM_C":"1"}]}]}"#
            }
        return PeerResponse(status: status, headers: [:], body: Array(body.utf8))
    }
}
