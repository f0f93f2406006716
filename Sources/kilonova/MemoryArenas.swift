#if canImport(Glibc)
    import CMalloc
    import Glibc
#endif

/// The arenas of glibc's allocator. Left alone it makes up to eight for each core, and what a thread freed stays in the arena
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
}
