import Foundation
import Model
import NIOCore
import Testing

@testable import Images

/// What every kind of store does alike, without a service around it.
@Suite struct ImageStoreTests {
    private func upload(_ number: Int) throws -> UploadID {
        try #require(UploadID("10000000-0000-4000-8000-\(String(format: "%012d", number))"))
    }

    private func read(_ reader: any BlobReader, _ range: Range<Int>) async throws -> [UInt8] {
        let next = reader.pieces(of: range)
        var bytes: [UInt8] = []
        while let piece = try await next() { bytes += piece.readableBytesView }
        return bytes
    }

    @Test(arguments: StoreKind.allCases) func `a draft becomes a blob, whole and under its name`(
        kind: StoreKind
    ) async throws {
        try await kind.run { store in
            let first = try upload(1)
            let name = BlobName("abcdef.\(first)")
            let draft = try await store.begin(first)
            let bytes = ImageDataTests.bytes(250_000)
            try await draft.append(ByteBuffer(bytes: bytes.prefix(180_000)))
            try await draft.append(ByteBuffer(bytes: bytes.dropFirst(180_000)))
            #expect(try await store.drafts() == [first])
            #expect(try await store.open(name, size: bytes.count) == nil)
            try await draft.keep(as: name)
            #expect(try await store.drafts().isEmpty)
            let reader = try #require(try await store.open(name, size: bytes.count))
            #expect(try await read(reader, 0..<bytes.count) == bytes)
            #expect(try await read(reader, 99_999..<100_002) == Array(bytes[99_999..<100_002]))
            #expect(try await read(reader, 5..<5) == [])
            #expect(try await store.open(name, size: 4) == nil)
            #expect(!store.address(of: name).isEmpty)
            // The sweeper of a replica that saw the draft comes late.
            try await store.discard(first)
            #expect(try await store.open(name, size: bytes.count) != nil)
            try await store.remove(name)
            try await store.remove(name)
            #expect(try await store.open(name, size: bytes.count) == nil)
        }
    }

    @Test(arguments: StoreKind.allCases) func `equal data take the name that is there, or put them there again`(
        kind: StoreKind
    ) async throws {
        try await kind.run { store in
            let (first, second, third) = (try upload(1), try upload(2), try upload(3))
            let name = BlobName("0123.\(first)")
            for upload in [first, second] {
                let draft = try await store.begin(upload)
                try await draft.append(ByteBuffer(bytes: [7, 8]))
                try await draft.keep(as: name)
            }
            #expect(try await store.drafts().isEmpty)
            try await store.remove(name)
            let draft = try await store.begin(third)
            try await draft.append(ByteBuffer(bytes: [7, 8]))
            try await draft.keep(as: name)
            let reader = try #require(try await store.open(name, size: 2))
            #expect(try await read(reader, 0..<2) == [7, 8])
            #expect(try await store.drafts().isEmpty)
            #expect(try await store.open(BlobName("0123.\(third)"), size: 2) == nil)
        }
    }

    @Test(arguments: StoreKind.allCases) func `what is discarded is gone, and may be discarded again`(
        kind: StoreKind
    ) async throws {
        try await kind.run { store in
            let (first, second) = (try upload(1), try upload(2))
            let draft = try await store.begin(first)
            try await draft.append(ByteBuffer(bytes: ImageDataTests.bytes(150_000)))
            await draft.discard()
            await draft.discard()
            #expect(try await store.drafts().isEmpty)
            let left = try await store.begin(second)
            try await left.append(ByteBuffer(bytes: [1]))
            try await store.discard(second)
            try await store.discard(second)
            #expect(try await store.drafts().isEmpty)
            await #expect(throws: Fault.self) { try await left.keep(as: BlobName("a.\(second)")) }
            #expect(try await store.open(BlobName("a.\(second)"), size: 1) == nil)
        }
    }

    @Test(arguments: StoreKind.allCases) func `data without bytes are kept`(kind: StoreKind) async throws {
        try await kind.run { store in
            let first = try upload(1)
            try await store.begin(first).keep(as: BlobName("e.\(first)"))
            let reader = try #require(try await store.open(BlobName("e.\(first)"), size: 0))
            #expect(try await read(reader, 0..<0) == [])
        }
    }

    @Test(arguments: StoreKind.allCases) func `a medium keeps its mark`(kind: StoreKind) async throws {
        try await kind.run { store in
            #expect(try await store.mark() == nil)
            let mark = try #require(StoreMark("10000000-0000-4000-8000-000000000001"))
            try await store.leave(mark)
            #expect(try await store.mark() == mark)
            #expect(try await store.drafts().isEmpty)
        }
    }
}
