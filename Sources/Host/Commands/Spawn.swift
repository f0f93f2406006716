#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Starting programs.
///
/// Safe: what is initialised or copied here is destroyed or freed at the end of the same function, and the looked-up
/// function has the type that its C library documents.
enum Spawn {
    private typealias CloseFrom =
        @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, CInt) -> CInt

    /// Starts `path` in a process group of its own. Nil descriptors: nothing to read, and the error text goes where ours goes.
    /// Returns 0, or the system's error number.
    static func start(
        _ path: String, _ words: [String], input: Int32?, output: Int32, errors: Int32?, _ process: inout pid_t
    ) -> Int32 {
        var actions = unsafe posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        guard unsafe posix_spawn_file_actions_init(&actions) == 0, unsafe posix_spawnattr_init(&attributes) == 0
        else { return ENOMEM }
        defer {
            unsafe posix_spawn_file_actions_destroy(&actions)
            unsafe posix_spawnattr_destroy(&attributes)
        }
        if let input {
            unsafe posix_spawn_file_actions_adddup2(&actions, input, 0)
        } else {
            unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
        if let errors { unsafe posix_spawn_file_actions_adddup2(&actions, errors, 2) }
        // No program gets at our sockets and files, nor keeps a listener's port taken after we have let go of it. The C library
        // has this since 2.34 and its headers do not show it.
        if let symbol = unsafe dlsym(nil, "posix_spawn_file_actions_addclosefrom_np") {
            let closeFrom = unsafe unsafeBitCast(symbol, to: CloseFrom.self)
            guard unsafe closeFrom(&actions, 3) == 0 else { return ENOMEM }
        }
        // A group of its own, and signals as a program expects them.
        var none = sigset_t()
        var all = sigset_t()
        unsafe sigemptyset(&none)
        unsafe sigfillset(&all)
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        unsafe posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var arguments: [UnsafeMutablePointer<CChar>?] = unsafe words.map { word in unsafe strdup(word) } + [nil]
        // Messages in English, whatever the daemon's own language: some are read.
        let settings = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"]
        var environment: [UnsafeMutablePointer<CChar>?] = unsafe settings.map { word in unsafe strdup(word) } + [nil]
        defer {
            for index in unsafe arguments.indices { unsafe free(arguments[index]) }
            for index in unsafe environment.indices { unsafe free(environment[index]) }
        }
        return unsafe posix_spawn(&process, path, &actions, &attributes, &arguments, &environment)
    }
}
