import FoundationEssentials
import HTTPTypes
import Model
import TestJSON
import Testing

@testable import Accelerators

/// Lists written by hand hold what their `Codable` forms say, and what the OpenAPI document shows of those.
@Suite struct WrittenViewTests {
    func check<View: Codable>(_ type: View.Type, _ answer: Answer) throws {
        let view = try JSONDecoder().decode(type, from: Data(answer.bytes))
        let again = try JSONDecoder().decode(JSON.self, from: try JSONEncoder().encode(view))
        #expect(again == answer.json)
        #expect(answer.status < 300)
    }

    @Test(arguments: ["2.0", "2.3", "2.4", "2.5"])
    func `devices, deployables and requests`(version: String) async throws {
        let fixture = try await AcceleratorFixture()
        var device = Reports.device(units: 2)
        device.vendor = "a \"quoted\" \\ \u{1F600}\n\u{1}"
        device.facts = ["numa_node": "0", "iommu": "1"]
        try await fixture.report(Reports.host([device, Reports.device(2)]))
        try await fixture.profile("p", count: 2)
        let ids = try await fixture.requests("p")
        try await fixture.bind([ids[0]], instance: Reports.instance(1), provider: Reports.provider(1))
        let devices = try await fixture.call(.get, "/v2/devices", version: version)
        try check(DeviceListView.self, devices)
        #expect(devices.json["devices"][0]["vendor"].text == device.vendor)
        #expect(String(decoding: devices.bytes.prefix(11), as: UTF8.self) == "{\"devices\":")
        let deployables = try await fixture.call(.get, "/v2/deployables", version: version)
        try check(DeployableListView.self, deployables)
        #expect(String(decoding: deployables.bytes.prefix(15), as: UTF8.self) == "{\"deployables\":")
        try check(
            AcceleratorRequestListView.self, try await fixture.call(.get, "/v2/accelerator_requests", version: version))
        try check(
            AcceleratorRequestListView.self,
            try await fixture.call(
                .post, "/v2/accelerator_requests", ["device_profile_name": "p"], as: .member, version: version))
        if version >= "2.4" {
            let handles = try await fixture.call(.get, "/v2/attach_handles", version: version)
            try check(AttachHandleListView.self, handles)
            #expect(handles.json["attach_handles"].array.count == 3)
            try check(
                AcceleratorRequestListView.self,
                try await fixture.call(.get, "/v2/accelerator_requests?limit=1", version: version))
        }
    }
}
