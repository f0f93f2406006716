#if canImport(Glibc)
    import CMalloc
    import Glibc
#endif

/// glibc's allocator. Left alone it makes up to eight arenas for each core, and what a thread freed stays in the arena
/// of that thread: on two cores that is a third of the memory a replica holds, for nothing that processor time would show.
enum MemoryArenas {
    /// One arena for every two of `cores`. `MALLOC_ARENA_MAX` and `GLIBC_TUNABLES` in the environment win (mallopt(3)).
    /// To be called before the second thread starts.
    static func bound(cores: Int) {
        #if canImport(Glibc)
            guard unsafe getenv("MALLOC_ARENA_MAX") == nil, unsafe getenv("GLIBC_TUNABLES") == nil else { return }
            _ = mallopt(Int32(M_ARENA_MAX), Int32(clamping: max(1, cores / 2)))
        #endif
    }

    /// Gives back, until it is cancelled, what bursts of work left behind: looks every `interval`, and acts where more than a
    /// quarter of the heap is free, and more than 4 MB. glibc itself gives back only what lies at the heap's end
    /// (malloc_trim(3)).
    static func giveBack(every interval: Duration) async {
        while (try? await Task.sleep(for: interval)) != nil {
            #if canImport(Glibc)
                let heap = mallinfo2()
                let (free, used) = (heap.fordblks, heap.uordblks)
                if free > 4 << 20, free > (free + used) / 4 { _ = malloc_trim(0) }
            #endif
        }
    }
}
