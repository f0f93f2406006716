import Foundation
import Model
import NIOCore
import Synchronization
import TestJSON
import TestObjects
import TestStore
import Testing

@testable import Images

/// What replicas know of their stores without asking them.
@Suite struct StoreWatchTests {
    private func look(_ fixture: ImageFixture) async {
        for name in fixture.service.storeNames { await fixture.service.lookAtStore(name) }
    }

    @Test(arguments: StoreKind.allCases) func `a probe leaves nothing behind`(kind: StoreKind) async throws {
        try await kind.run { store in
            try await store.probe()
            try await store.probe()
            #expect(try await store.drafts().isEmpty)
            #expect(try await store.mark() == nil)
        }
    }

    @Test func `each store is named, with the reason where one cannot be used`() async throws {
        let first = try await ImageFixture()
        let lost = FileStore(root: "\(first.folder)/lost", needsMark: true)
        let fixture = try await ImageFixture(stores: ["fast", "slow"], media: ["slow": lost], on: first)
        let names: [StoreName] = ["fast", "slow", StoreShelf.stagingName]
        #expect(fixture.service.storeConditions.map(\.name) == names)
        #expect(fixture.service.storeConditions.allSatisfy { $0.trouble == nil })
        await look(fixture)
        let conditions = fixture.service.storeConditions
        #expect(conditions[0].trouble == nil && conditions[2].trouble == nil)
        #expect(conditions[1].trouble == "The image storage media cannot be used at the moment.")
        // What should be mounted there comes back.
        try FileManager.default.createDirectory(atPath: "\(first.folder)/lost", withIntermediateDirectories: true)
        try await lost.leave(try #require(StoreMark("10000000-0000-4000-8000-000000000001")))
        await look(fixture)
        #expect(fixture.service.storeConditions.allSatisfy { $0.trouble == nil })
    }

    @Test func `a folder that is a file is no store`() async throws {
        let fixture = try await ImageFixture()
        try FileManager.default.createDirectory(atPath: fixture.folder, withIntermediateDirectories: true)
        try Data("file".utf8).write(to: URL(filePath: "\(fixture.folder)/file"))
        await look(fixture)
        let found = try #require(fixture.service.storeConditions.first)
        #expect(found.trouble?.contains(fixture.folder) == false)
    }

    @Test func `a bucket that takes no writes is found`() async throws {
        try await PlayedObjects.run { objects in
            let store = try objects.store(needsMark: true)
            let fixture = try await ImageFixture(stores: ["file", "b"], media: ["b": store])
            try await fixture.service.admitStores()
            await look(fixture)
            #expect(fixture.service.storeConditions[1].trouble == nil)
            objects.mishap { request in request.method == "POST" ? .status(403, code: "AccessDenied") : nil }
            await look(fixture)
            let trouble = try #require(fixture.service.storeConditions[1].trouble)
            #expect(trouble.contains("cannot be used") && !trouble.contains(objects.address))
        }
    }

    /// Its looks end when the test says so.
    private struct HangingStore: ImageStore {
        let inner: any ImageStore
        let began: AsyncStream<Void>.Continuation
        /// Whether data can be read and written.
        let gate: AsyncStream<Bool>

        func probe() async throws {
            began.yield()
            for await isWell in gate {
                if !isWell { throw Fault.unavailable("It is not there.") }
                break
            }
        }

        var type: String { inner.type }
        var properties: [String: String] { inner.properties }
        var outlivesRemoval: Bool { inner.outlivesRemoval }
        func mark() async throws -> StoreMark? { try await inner.mark() }
        func leave(_ mark: StoreMark) async throws { try await inner.leave(mark) }
        func begin(_ upload: UploadID) async throws -> any BlobDraft { try await inner.begin(upload) }
        func open(_ blob: BlobName, size: Int) async throws -> (any BlobReader)? {
            try await inner.open(blob, size: size)
        }
        func link(to blob: BlobName, lifetime: Duration) -> String? { inner.link(to: blob, lifetime: lifetime) }
        func address(of blob: BlobName) -> String { inner.address(of: blob) }
        func remove(_ blob: BlobName) async throws { try await inner.remove(blob) }
        func drafts() async throws -> [UploadID] { try await inner.drafts() }
        func discard(_ upload: UploadID) async throws { try await inner.discard(upload) }
    }

    @Test func `a store that hangs does not respond, and is asked once`() async throws {
        let first = try await ImageFixture()
        let (began, begun) = AsyncStream.makeStream(of: Void.self)
        let (gate, opener) = AsyncStream.makeStream(of: Bool.self)
        let hanging = HangingStore(inner: FileStore(root: "\(first.folder)/hung"), began: begun, gate: gate)
        let fixture = try await ImageFixture(media: ["file": hanging], on: first)
        let service = fixture.service
        let look = Task { await service.lookAtStore("file") }
        for await _ in began { break }
        // Returns at once, because a look goes on.
        await service.lookAtStore("file")
        #expect(service.storeConditions[0].trouble == nil)
        fixture.clock.advance(StoreWatch.patience + .seconds(1))
        #expect(service.storeConditions[0].trouble == "The store does not respond.")
        opener.yield(true)
        await look.value
        #expect(service.storeConditions[0].trouble == nil)
        // A look that the process's end cuts off says nothing of the store.
        opener.yield(false)
        await service.lookAtStore("file")
        #expect(service.storeConditions[0].trouble == "It is not there.")
        let cutOff = Task { await service.lookAtStore("file") }
        cutOff.cancel()
        await cutOff.value
        #expect(service.storeConditions[0].trouble == "It is not there.")
    }
}
