@_spi(CustomByteBufferAllocator) import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Memory for buffers that are large and stay almost empty. TLS has 48 kB of them for each connection, however little is said on
/// it; in memory that was used before, all of that is resident.
///
/// Safe because the pages that go back to the kernel lie within the block that `malloc` has just returned: nobody has written to
/// it, and an allocator's own records lie outside of it. The kernel gives a page of zeroes when one of them is written.
enum SparseMemory {
    /// Smaller blocks are left as they are: they are used as they are made.
    static let least = 16 * 1024

    private static let page = UInt(max(1, sysconf(Int32(_SC_PAGESIZE))))

    static let allocator = unsafe ByteBufferAllocator(
        allocate: { size in unsafe SparseMemory.block(of: size) },
        reallocate: { block, _, size in unsafe realloc(block, size) },
        deallocate: { block in unsafe free(block) },
        copy: { target, source, count in unsafe target.copyMemory(from: source, byteCount: count) })

    /// A block whose whole pages are not resident yet.
    private static func block(of size: Int) -> UnsafeMutableRawPointer? {
        guard let block = unsafe malloc(size) else { return nil }
        guard size >= least else { return unsafe block }
        let begin = UInt(bitPattern: block)
        let first = (begin + page - 1) / page * page
        let end = (begin + UInt(size)) / page * page
        if first < end {
            // Without effect where the kernel refuses, as of locked memory.
            _ = unsafe madvise(block + Int(first - begin), Int(end - first), MADV_DONTNEED)
        }
        return unsafe block
    }
}
