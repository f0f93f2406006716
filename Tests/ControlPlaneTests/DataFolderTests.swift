import FoundationEssentials
import Model
import Testing

@testable import ControlPlane

@Suite("The data folder of a development cloud")
struct DataFolderTests {
    private let path = FileManager.default.temporaryDirectory.appending(path: "kilonova-\(UUID().uuidString)").path

    @Test("is held by one process, keeps secrets, and lets nobody else in")
    func folder() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let folder = try DataFolder.open(path)
        let fault = #expect(throws: Fault.self) { try DataFolder.open(path) }
        #expect(fault?.kind == .conflict)

        let secret = try folder.secret("admin-password")
        #expect(secret.revealed.count == 24)
        #expect(try folder.secret("admin-password") == secret)
        #expect(try folder.secret("demo-password") != secret)
        for name in ["", "/admin-password"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: path + name)
            let mode = try #require(attributes[.posixPermissions] as? Int)
            #expect(mode & 0o077 == 0, "\(name) is open to others")
        }
    }

    @Test("the state folder of an agent cannot be led out of it")
    func stateFolder() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let folder = try DataFolder.open(path)
        #expect(folder.agentState(of: "node-1.example") == path + "/agents/node-1.example")
        #expect(folder.agentState(of: "../../etc") == path + "/agents/%2e.%2f..%2fetc")
        #expect(folder.agentState(of: "..") == path + "/agents/%2e.")
        #expect(folder.agentState(of: "a b") != folder.agentState(of: "ab"))
    }
}
