import Foundation
import KeyFiles
import Testing

@Suite struct SecretFolderTests {
    private let folder: SecretFolder

    init() throws {
        folder = SecretFolder(
            FileManager.default.temporaryDirectory.appending(path: "secrets-\(UUID().uuidString)").path)
        try folder.make()
    }

    private func mode(_ name: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: "\(folder.path)/\(name)")[.posixPermissions] as? Int
    }

    private func set(_ mode: Int, _ name: String) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: "\(folder.path)/\(name)")
    }

    @Test func `only the owner may read what is written, and nothing else stays`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder.path) }
        try folder.make()
        #expect(try folder.create("a", "one"))
        #expect(try !folder.create("a", "two"))
        #expect(try folder.secret("a") == "one")
        try folder.replace("a", "three")
        try folder.replace("b", "four")
        #expect(try folder.text("a") == "three")
        #expect(try mode("a") == 0o600 && mode("b") == 0o600 && mode("") == 0o700)
        try folder.move("b", to: "c")
        #expect(throws: SecretFolderFault.self) { try folder.move("a", to: "c") }
        try folder.remove("a")
        try folder.remove("a")
        #expect(try folder.names() == ["c"])
        #expect(try folder.text("a") == nil)
    }

    @Test func `what others may read or write is refused with the cure`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder.path) }
        try folder.replace("a", "one")
        try set(0o640, "a")
        let open = #expect(throws: SecretFolderFault.self) { try folder.secret("a") }
        #expect(open?.description == "\(folder.path)/a is open to other users (mode 640); chmod 600 it")
        try folder.checkRights()
        try set(0o720, "")
        let shared = #expect(throws: SecretFolderFault.self) { try folder.checkRights() }
        #expect(shared?.description.hasSuffix("(mode 720); chmod 700 it") == true)
        let missing = #expect(throws: SecretFolderFault.self) { try folder.secret("b") }
        #expect(
            missing?.description == "\(folder.path)/b cannot be read; it must exist and belong to the service's user")
    }
}
