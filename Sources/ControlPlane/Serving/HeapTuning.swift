#if canImport(Glibc)
    import CMalloc
    import Glibc
#endif

/// How the C library keeps memory between uses; nothing where it is another library than GNU's.
///
/// Safe: the environment is asked for presence only, at the start, before another thread could change it.
public enum HeapTuning {
    /// One arena for every two of `cores`. The library would make up to eight for each, and what a thread freed stays in the arena
    /// of that thread: on two cores that was a third of the memory of a replica, for nothing that processor time showed.
    /// `MALLOC_ARENA_MAX` and `GLIBC_TUNABLES` in the environment win (mallopt(3)).
    /// To be called before the second thread starts.
    public static func boundArenas(cores: Int) {
        #if canImport(Glibc)
            guard unsafe getenv("MALLOC_ARENA_MAX") == nil, unsafe getenv("GLIBC_TUNABLES") == nil else { return }
            _ = mallopt(Int32(M_ARENA_MAX), Int32(clamping: max(1, cores / 2)))
        #endif
    }

    /// Gives back, until it is cancelled, what bursts of work left behind: looks every `interval`, and acts where more than a
    /// quarter of the heap is free, and more than 4 MB. glibc itself gives back only what lies at the heap's end
    /// (malloc_trim(3)).
    public static func giveBack(every interval: Duration) async {
        while (try? await Task.sleep(for: interval)) != nil {
            #if canImport(Glibc)
                let heap = mallinfo2()
                let (free, used) = (heap.fordblks, heap.uordblks)
                if free > 4 << 20, free > (free + used) / 4 { _ = malloc_trim(0) }
            #endif
        }
    }

    /// Answers are put together in pieces of a few hundred kilobytes. As the library comes, memory of that size goes back to
    /// the kernel after each use and is fetched anew, page by page, for the next; here it stays, up to some megabytes.
    static func keepPieces() {
        #if canImport(Glibc)
            _ = mallopt(Int32(M_MMAP_THRESHOLD), 4 << 20)
            _ = mallopt(Int32(M_TRIM_THRESHOLD), 16 << 20)
        #endif
    }

    /// Gives back what is free, after work that needed much and will not come again.
    static func release() {
        #if canImport(Glibc)
            _ = malloc_trim(0)
        #endif
    }
}
