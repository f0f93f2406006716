import API
import Accelerators
import HTTPTypes
import Link
import Model
import Sanitisation
import Store
import TestJSON
import Testing
import Workflows

/// Which device a certificate is about, also where its host could say nothing of it.
@Suite struct CertificateFactsTests {
    @Test func `a cleaning that failed names the drive by its serial number`() async throws {
        let fixture = try await AcceleratorFixture()
        var device = Reports.device(needsCleaning: true)
        device.facts = ["serial": "S9", "model": "M", "firmware": "F", "address": "0000:81:00.0", "health": "well"]
        try await fixture.report(Reports.host([device]))
        try await fixture.profile("p")
        let id = try #require(try await fixture.requests("p", as: .memberThroughService).first)
        _ = try await fixture.bind(
            [id], instance: Reports.instance(1), provider: Reports.provider(1), as: .memberThroughService)
        await fixture.engine.runDue()
        #expect(
            try await fixture.call(.delete, "/v2/accelerator_requests/\(id)", as: .memberThroughService).status == 204)
        let item = try #require(try await fixture.work().first)
        try await fixture.finish(item, .failed("it still holds data"))
        let statement = try #require(try await fixture.chain().first).read()
        #expect(statement.result == .failed)
        #expect(
            statement.device.facts == [
                "serial": "S9", "model": "M", "firmware": "F", "address": "0000:81:00.0",
                "control_path": device.controlPath,
            ])
    }
}
