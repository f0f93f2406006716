#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Media and memory of devices, which the kernel shows otherwise than as values.
extension KernelTree {
    private static let page = 4096

    /// `O_DIRECT`, which Swift does not import from the C library's headers.
    private static var direct: Int32 {
        #if arch(x86_64) || arch(i386)
            0o40000
        #else
            0o200000
        #endif
    }

    /// Safe: the buffer is freed at the end of the function, and read only as far as the kernel filled it.
    func readMedium(_ path: String, offset: Int, size: Int) throws(TreeFault) -> [UInt8] {
        let descriptor = unsafe open(root + path, O_RDONLY | O_CLOEXEC | Self.direct)
        // A file system that cannot: what lies there is no device's medium.
        if descriptor < 0, errno == EINVAL { return try read(path, offset: offset, limit: size, partial: true) }
        guard descriptor >= 0 else { throw Self.fault(path, errno) }
        defer { close(descriptor) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: Self.page)
        defer { unsafe buffer.deallocate() }
        var bytes: [UInt8] = []
        while bytes.count < size {
            let got = Self.again {
                unsafe pread(descriptor, buffer.baseAddress, size - bytes.count, off_t(offset + bytes.count))
            }
            guard got >= 0 else { throw Self.fault(path, errno) }
            guard got > 0 else { break }
            unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: buffer[..<got]))
            // The rest of a short answer would begin within a block.
            guard got % 512 == 0 else { break }
        }
        return bytes
    }

    /// Safe: the path lives as long as the call.
    func claim(_ path: String) throws(TreeFault) -> DeviceClaim {
        // Of a block device, the kernel takes this for the wish to have it alone.
        let descriptor = unsafe open(root + path, O_RDONLY | O_CLOEXEC | O_EXCL)
        guard descriptor >= 0 else { throw Self.fault(path, errno) }
        return DeviceClaim { close(descriptor) }
    }

    /// Safe: the bytes are copied while the page is mapped.
    func readMapped(_ path: String, places: [Int], size: Int) throws(TreeFault) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        try unsafe mapping(path, places, size) { _, memory in
            unsafe pieces.append(Array(UnsafeRawBufferPointer(memory)))
        }
        return pieces
    }

    /// Safe: every piece has the size of the memory that `mapping` lends, and is copied while the page is mapped.
    func writeMapped(_ path: String, pieces: [(place: Int, bytes: [UInt8])]) throws(TreeFault) {
        guard let size = pieces.first?.bytes.count else { return }
        guard pieces.allSatisfy({ $0.bytes.count == size }) else { throw TreeFault(path, .invalid) }
        try unsafe mapping(path, pieces.map(\.place), size) { index, memory in
            unsafe memory.copyBytes(from: pieces[index].bytes)
        }
    }

    /// Maps one page after another, because the kernel would create page tables for a complete region, which may be as
    /// large as a card's memory.
    ///
    /// Safe: the place is checked against the bounds of the page, which is unmapped after its one use.
    private func mapping(
        _ path: String, _ places: [Int], _ size: Int, _ body: (Int, UnsafeMutableRawBufferPointer) -> Void
    ) throws(TreeFault) {
        let descriptor = unsafe open(root + path, O_RDWR | O_CLOEXEC | O_SYNC)
        guard descriptor >= 0 else { throw Self.fault(path, errno) }
        defer { close(descriptor) }
        for (index, place) in places.enumerated() {
            let start = place / Self.page * Self.page
            guard place >= 0, place + size <= start + Self.page else { throw TreeFault(path, .invalid) }
            let mapped = unsafe mmap(nil, Self.page, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, off_t(start))
            guard let mapped = unsafe mapped, unsafe mapped != MAP_FAILED else { throw Self.fault(path, errno) }
            unsafe body(index, UnsafeMutableRawBufferPointer(start: mapped + (place - start), count: size))
            unsafe munmap(mapped, Self.page)
        }
    }
}
