import Foundation
import Model
import NIOCore
import Testing

@testable import Images

/// The store in local files, without a service around it.
@Suite struct FileStoreTests {
    private func withStore(_ body: (FileStore, _ root: String) async throws -> Void) async throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "store-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: root) }
        try await body(FileStore(root: root), root)
    }

    private func upload(_ number: Int) throws -> UploadID {
        try #require(UploadID("10000000-0000-4000-8000-\(String(format: "%012d", number))"))
    }

    private func read(_ reader: any BlobReader, _ range: Range<Int>) async throws -> [UInt8] {
        let next = reader.pieces(of: range)
        var bytes: [UInt8] = []
        while let piece = try await next() { bytes += piece.readableBytesView }
        return bytes
    }

    @Test func `a draft becomes a blob, whole and under its name`() async throws {
        try await withStore { store, root in
            let upload = try upload(1)
            let draft = try await store.begin(upload)
            try await draft.append(ByteBuffer(bytes: [1, 2]))
            try await draft.append(ByteBuffer(bytes: [3]))
            #expect(try await store.drafts() == [upload])
            #expect(try await store.open("abcdef.1", size: 3) == nil)
            try await draft.keep(as: "abcdef.1")
            #expect(try await store.drafts().isEmpty)
            #expect(FileManager.default.fileExists(atPath: "\(root)/blobs/ab/cd/abcdef.1"))
            let reader = try #require(try await store.open("abcdef.1", size: 3))
            #expect(try await read(reader, 0..<3) == [1, 2, 3])
            #expect(try await read(reader, 1..<2) == [2])
            #expect(try await read(reader, 3..<3) == [])
            #expect(try await store.open("abcdef.1", size: 4) == nil)
            #expect(try await store.open("abcdef.2", size: 3) == nil)
        }
    }

    @Test func `a blob is sent in regions that hold its range, and not behind its end`() async throws {
        try await withStore { store, root in
            let draft = try await store.begin(try upload(1))
            try await draft.append(ByteBuffer(bytes: [UInt8](repeating: 7, count: 2_000_000)))
            try await draft.keep(as: "abcdef.1")
            let reader = try #require(try await store.open("abcdef.1", size: 2_000_000))
            for range in [0..<2_000_000, 5_000..<5_001, 1_999_999..<2_000_000, 4095..<1_048_577, 7..<7] {
                let next = try #require(reader.regions(of: range))
                var place = range.lowerBound
                while let region = try await next() {
                    #expect(region.readerIndex == place && region.readableBytes > 0)
                    #expect(region.readableBytes <= 512 * 1024)
                    place = region.endIndex
                }
                #expect(place == range.upperBound)
            }
            // Somebody else made the file shorter: no region claims what is not there.
            let next = try #require(reader.regions(of: 1_000_000..<2_000_000))
            // Safe: the path lives as long as the call.
            let shortened = unsafe truncate("\(root)/blobs/ab/cd/abcdef.1", 1000)
            #expect(shortened == 0)
            await #expect(throws: Fault.self) { _ = try await next() }
        }
    }

    @Test func `what is discarded is gone, and may be discarded again`() async throws {
        try await withStore { store, _ in
            let upload = try upload(1)
            let draft = try await store.begin(upload)
            try await draft.append(ByteBuffer(bytes: [1]))
            // Nobody else writes under the same name.
            await #expect(throws: Fault.self) { try await store.begin(upload) }
            await draft.discard()
            await draft.discard()
            #expect(try await store.drafts().isEmpty)
            try await store.discard(upload)
            await #expect(throws: Fault.self) { try await draft.append(ByteBuffer(bytes: [2])) }
            _ = try await store.begin(upload)
        }
    }

    @Test func `a blob that is removed is read on by who has it open`() async throws {
        try await withStore { store, _ in
            for number in 1...2 {
                let draft = try await store.begin(try upload(number))
                try await draft.append(ByteBuffer(bytes: [7, 8]))
                // Equal data under one name: the second replaces the first.
                try await draft.keep(as: "0123.x")
            }
            let reader = try #require(try await store.open("0123.x", size: 2))
            try await store.remove("0123.x")
            try await store.remove("0123.x")
            #expect(try await read(reader, 0..<2) == [7, 8])
            #expect(try await store.open("0123.x", size: 2) == nil)
        }
    }

    @Test func `a store that cannot be written says so`() async throws {
        try await withStore { _, root in
            try Data().write(to: URL(filePath: root))
            let store = FileStore(root: root)
            await #expect(throws: Fault.self) { try await store.begin(try upload(1)) }
            #expect(try await store.drafts().isEmpty)
        }
    }
}
