#if canImport(Glibc)
    import CMalloc
    import Glibc
#endif

/// How the C library keeps memory between uses; nothing where it is another library than GNU's.
enum HeapTuning {
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
