import API
import Access
import Clients
import Conventions
import Foundation
import HTTPTypes
import Identity
import Logging
import Model
import Services
import Settings
import Store
import Synchronization
import Testing

@testable import ControlPlane

/// What a service gets by its one line in the list.
@Suite struct ServiceListTests {
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    @Test func `each service has tables, rules, a place in the catalog and keys of its own`() throws {
        #expect(ServiceList.all.count == Set(ServiceList.all.map(\.name)).count)
        #expect(Set(ServiceList.all.map(\.catalog.type)).count == ServiceList.all.count)
        let paths = Set(Settings.keys(ServiceList.settings).map(\.path))
        for service in ["identity", "placement", "accelerator"] {
            #expect(paths.contains("policy.\(service)_file"))
            #expect(paths.contains { $0.hasPrefix("\(service).") })
        }
        for room in ServiceList.all {
            #expect(!room.migrations.isEmpty && room.catalog.path.hasPrefix("/"))
            _ = try PolicyEngine(rules: room.policy.rules)
        }
    }

    @Test func `the catalog has the services that are offered`() throws {
        let settings = try Settings(overrides: ["services.enabled": .list([.text("accelerator"), .text("identity")])])
        let entries = Catalog.entries(settings.services.enabled, of: ServiceList.all, url: "https://cloud")
        #expect(entries.map(\.url) == ["https://cloud/identity", "https://cloud/accelerator/v2"])
        #expect(entries.map(\.name) == ["keystone", "cyborg"])
    }

    private let rooms = ServiceList.all + [NoteService.room]

    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kilonova-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder.path)
    }

    private func settings(_ folder: String, _ more: [String: SettingsValue] = [:]) throws -> Settings {
        let common: [String: SettingsValue] = [
            "database.url": .text("sqlite://\(folder)/k.sqlite"), "listen.address": .text("127.0.0.1:0"),
            "auth.auth_strategy": .text("noauth2"), "notes.greeting": .text("good day"),
        ]
        return try Settings(
            overrides: common.merging(more) { _, new in new }, services: rooms.map(\.settings))
    }

    private func get(_ path: String, from url: String, roles: String) async throws -> PeerResponse {
        let transport = try NetworkTransport(base: url, name: "the control plane")
        let token = try #require(HTTPField.Name("X-Auth-Token"))
        let named = try #require(HTTPField.Name("X-Roles"))
        return try await transport.send(PeerRequest(.get, path, headers: [token: "anna", named: roles]))
    }

    @Test func `one value in the list is a service over HTTP, with its table, its policy and its key`() async throws {
        try await withFolder { folder in
            let settings = try settings(folder)
            let plane = try await ControlPlane.open(settings, rooms: rooms, Self.quiet)
            let serving = Serving(plane: plane, settings: settings, logger: Self.quiet, heedsSignals: false)
            let (ready, announce) = AsyncStream.makeStream(of: String.self)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    defer { announce.finish() }
                    try await serving.run { url in announce.yield(url) }
                }
                var urls = ready.makeAsyncIterator()
                guard let url = await urls.next() else {
                    try await group.waitForAll()
                    Issue.record("the control plane ended before it served")
                    return
                }
                let shown = try await get("/notes/count", from: url, roles: "reader")
                #expect(shown.status == 200)
                let count = try JSONDecoder().decode(NoteService.Count.self, from: Data(shown.body))
                #expect(count == NoteService.Count(greeting: "good day", notes: 1))
                let refused = try await get("/notes/count", from: url, roles: "stranger")
                #expect(refused.status == 403)
                #expect(String(decoding: refused.body, as: UTF8.self).contains("Notes are not for you: notes:count."))
                let root = try await get("/", from: url, roles: "reader")
                #expect(String(decoding: root.body, as: UTF8.self).contains(#""name":"notes""#))
                group.cancelAll()
                try? await group.waitForAll()
            }
        }
    }

    @Test func `a service that is switched off has its table and no API`() async throws {
        try await withFolder { folder in
            let off = try settings(folder, ["services.enabled": .list([.text("placement")])])
            let plane = try await ControlPlane.open(off, rooms: rooms, Self.quiet)
            #expect(plane.services.map(\.name) == ["placement", "placement-explain", "agent"])
            try await plane.prepare()
            await plane.engine.close()
        }
    }

    @Test(arguments: [["placement", "accelerator"], ["placement"]])
    func `the accelerator service offers its transactions where it is enabled`(enabled: [String]) async throws {
        try await withFolder { folder in
            let found = Mutex<Bool?>(nil)
            let note = NoteService.room
            let seeker = ServiceRoom(
                settings: note.settings, migrations: note.migrations, policy: note.policy, catalog: note.catalog
            ) { surroundings in
                found.withLock { $0 = surroundings.offers.find((any AcceleratorWrites).self) != nil }
                return try await note.open(surroundings)
            }
            let settings = try settings(folder, ["services.enabled": .list(enabled.map { .text($0) })])
            let plane = try await ControlPlane.open(settings, rooms: ServiceList.all + [seeker], Self.quiet)
            #expect(found.withLock { $0 } == enabled.contains("accelerator"))
            await plane.engine.close()
        }
    }

    @Test func `its file of policy, its catalog entry and its limits come with it`() throws {
        let paths = Settings.keys(rooms.map(\.settings)).map(\.path)
        #expect(paths.contains("policy.notes_file") && paths.contains("notes.greeting"))
        let entries = Catalog.entries([NoteService.name], of: rooms, url: "https://cloud")
        #expect(entries.map(\.url) == ["https://cloud/notes"])
        let all = Set(rooms.map(\.name))
        let shipped = LimitRegistrar.others(ServiceList.all, all).map(\.name)
        #expect(!shipped.contains(NoteService.name))
        #expect(LimitRegistrar.others(rooms, all).map(\.name) == shipped + [NoteService.name])
        #expect(LimitRegistrar.others(rooms, all.subtracting([NoteService.name])).map(\.name) == shipped)
    }
}
