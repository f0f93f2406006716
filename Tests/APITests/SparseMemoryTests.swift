import NIOCore
import Testing

@testable import API

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite struct SparseMemoryTests {
    private static let size = 32 * 1024

    /// Whole pages within the buffer's memory that the kernel holds.
    ///
    /// Safe because only pages of the buffer's own memory are asked about, into an array of a byte for each.
    private static func resident(_ buffer: inout ByteBuffer) -> Int {
        let page = UInt(sysconf(Int32(_SC_PAGESIZE)))
        return unsafe buffer.withUnsafeMutableWritableBytes { memory in
            guard let base = memory.baseAddress else { return -1 }
            let begin = UInt(bitPattern: base)
            let first = (begin + page - 1) / page * page
            let last = (begin + UInt(memory.count)) / page * page
            var pages = [UInt8](repeating: 0, count: Int((last - first) / page))
            let status = unsafe mincore(base + Int(first - begin), Int(last - first), &pages)
            return status == 0 ? pages.count { $0 & 1 == 1 } : -1
        }
    }

    @Test func `a large buffer is resident only where it was written, in memory that was used before, too`() {
        // Memory that was full, and is free between blocks that are in use.
        var used = (0..<64).map { _ in
            var buffer = ByteBufferAllocator().buffer(capacity: Self.size)
            buffer.writeRepeatingByte(7, count: Self.size)
            return buffer
        }
        let kept = used.indices.filter { $0 % 2 == 0 }.map { used[$0] }
        used = []
        var buffers = (0..<32).map { _ in SparseMemory.allocator.buffer(capacity: Self.size) }
        #expect(buffers.indices.map { Self.resident(&buffers[$0]) } == Array(repeating: 0, count: 32))

        for index in buffers.indices { buffers[index].writeRepeatingByte(UInt8(index), count: Self.size) }
        for (index, buffer) in buffers.enumerated() {
            #expect(buffer.readableBytesView.allSatisfy { $0 == UInt8(index) })
        }
        #expect(kept.allSatisfy { $0.readableBytesView.allSatisfy { $0 == 7 } })
    }

    @Test func `a buffer grows and keeps what it holds`() {
        var buffer = SparseMemory.allocator.buffer(capacity: 100)
        buffer.writeRepeatingByte(1, count: 100)
        buffer.writeRepeatingByte(2, count: 200_000)
        #expect(buffer.readableBytesView.prefix(100).allSatisfy { $0 == 1 })
        #expect(buffer.readableBytesView.dropFirst(100).allSatisfy { $0 == 2 })
    }
}
