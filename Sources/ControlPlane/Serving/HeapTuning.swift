#if canImport(Glibc)
    import CMalloc
    import Glibc
#endif

/// How the C library keeps memory between uses; nothing where it is another library than GNU's.
///
/// Safe: the environment is asked for presence only, at the start, before another thread could change it.
public enum HeapTuning {
    /// Limits the C library's allocator to one arena for every two of `cores`. By default it makes up to eight per
    /// core, and memory that a thread freed stays in the thread's arena. On two cores that was a third of a replica's
    /// memory, without any effect on its CPU time. `MALLOC_ARENA_MAX` and `GLIBC_TUNABLES` in the environment override
    /// this (mallopt(3)). Must be called before the second thread starts.
    public static func boundArenas(cores: Int) {
        #if canImport(Glibc)
            guard unsafe getenv("MALLOC_ARENA_MAX") == nil, unsafe getenv("GLIBC_TUNABLES") == nil else { return }
            _ = mallopt(Int32(M_ARENA_MAX), Int32(clamping: max(1, cores / 2)))
        #endif
    }

    /// Returns freed memory to the kernel until cancelled. It checks every `interval`, and acts if more than an eighth
    /// of the heap and more than 4 MB are free. By itself, glibc returns only memory at the end of the heap
    /// (malloc_trim(3)). What was returned still counts as free; to return it again costs next to nothing.
    public static func giveBack(every interval: Duration) async {
        while (try? await Task.sleep(for: interval)) != nil {
            #if canImport(Glibc)
                let heap = mallinfo2()
                let (free, used) = (heap.fordblks, heap.uordblks)
                if free > 4 << 20, free > (free + used) / 8 { _ = malloc_trim(0) }
            #endif
        }
    }

    /// Keeps freed memory of a few hundred kilobytes, the size of the pieces of responses, up to some megabytes. By
    /// default, the library returns memory of that size to the kernel after each use, and gets it again, page by page,
    /// for the next.
    static func keepPieces() {
        #if canImport(Glibc)
            _ = mallopt(Int32(M_MMAP_THRESHOLD), 4 << 20)
            _ = mallopt(Int32(M_TRIM_THRESHOLD), 16 << 20)
        #endif
    }

    /// Returns free memory to the kernel, after work that needed much and will not be repeated.
    static func release() {
        #if canImport(Glibc)
            _ = malloc_trim(0)
        #endif
    }
}
